/** A flat technical table, half of it due and dense: Oubli against everything that deletes. */
import { flatTable, type FlatTable } from '../flat-table.ts'
import { fromRounds, type Outcome } from '../outcome.ts'
import {
  archiverVersion,
  createDeleteLoop,
  howToGetArchiver,
  startArchiver,
  startCall,
  type ArchiverForm,
} from '../peers.ts'
import { pairedRounds, runOne, type Bench, type Contender, type Round } from '../rounds.ts'
import { inServer } from '../running.ts'
import { openSql, type Sql } from '../sql.ts'
import { measuredTable, timesOf } from '../tables.ts'

const sizes = { full: { rows: 5_000_000, enough: 0.3 }, quick: { rows: 600_000, enough: 0.5 } }

export async function purge(bench: Bench): Promise<Outcome> {
  const { rows, enough } = bench.quick ? sizes.quick : sizes.full
  const flat = await flatTable(bench, 'bench_purge', rows, enough)
  const { archiver, bound, due, sql, stage } = flat
  await createDeleteLoop(sql, archiver.table, 'visited_at', archiver.index)
  const peer = await openSql({ port: bench.server.port, database: archiver.database })
  const contenders: Contender[] = [
    oubliOn(flat, bench.window),
    {
      name: 'stored procedure',
      start: () => startCall(peer, 'delete_loop', bound, bench.window),
      seconds: bench.window,
    },
  ]
  const best = archiverVersion() === null ? null : await bestArchiver(bench, flat)
  if (best !== null) contenders.push(archiverOn(flat, 'pt-archiver', best, bench.window))
  if (best !== null) contenders.push(archiverOn(flat, 'pt-archiver row by row', 'usual', bench.window))
  const rounds = await pairedRounds(bench, stage, contenders)
  const one = await oneDelete(bench, flat, peer)
  await peer.close()
  const missing = best === null ? howToGetArchiver : null
  return {
    tables: [measuredTable('rows', [...rounds, ...one]), timesOf('rows', due, rounds)],
    figures: {
      'purge.best': fromRounds(rounds, 'Oubli', 'pt-archiver', (m) => m.rate, missing),
      'purge.whole': fromRounds(rounds, 'Oubli', 'pt-archiver', (m) => m.whole, missing),
      'purge.procedure': fromRounds(rounds, 'Oubli', 'stored procedure', (m) => m.rate),
      'purge.usual': fromRounds(rounds, 'Oubli', 'pt-archiver row by row', (m) => m.rate, missing),
      'purge.sustained': fromRounds(rounds, 'Oubli', 'pt-archiver', (m) => m.sustained, missing),
    },
    notes: best === null ? [] : [`pt-archiver at its best here: ${best}`],
    rounds,
  }
}

export function oubliOn({ installation }: FlatTable, seconds: number): Contender {
  return { name: 'Oubli', start: () => installation.start(['run', '--policy', 'views']), seconds }
}

export function archiverOn(flat: FlatTable, name: string, form: ArchiverForm, seconds: number): Contender {
  return { name, start: () => startArchiver(form, flat.archiver), seconds }
}

/** By key or by index: whichever is faster on this very table. */
export async function bestArchiver(bench: Bench, flat: FlatTable): Promise<ArchiverForm> {
  bench.say('finding out how pt-archiver is fastest on this table')
  const tried = []
  for (const form of ['best by key', 'best by index'] as const) {
    const contender = archiverOn(flat, `pt-archiver ${form}`, form, bench.quick ? 1 : 3)
    await flat.stage.ready(contender)
    tried.push({ form, rate: (await runOne(bench, flat.stage, contender)).rate })
  }
  return tried.sort((a, b) => b.rate - a.rate)[0]?.form ?? 'best by key'
}

/** Seconds of the one DELETE in the short form: what is given up rolls back for as long. */
const quickDelete = 10

/**
 * Everything in one transaction: once, for the look of it; no target is held against it. The short form puts
 * nothing back for it, leaves it out where the time is over, and gives it up where it takes long.
 */
async function oneDelete(bench: Bench, { stage, archiver }: FlatTable, peer: Sql): Promise<readonly Round[]> {
  if (performance.now() > bench.deadline) {
    bench.say('one DELETE: the time is over')
    return []
  }
  const text = `DELETE FROM ${archiver.table} WHERE ${archiver.where}`
  const contender: Contender = {
    name: 'one DELETE (once)',
    start: () =>
      inServer(
        peer.run(bench.quick ? `SET STATEMENT max_statement_time = ${quickDelete} FOR ${text}` : text),
      ),
    seconds: null,
  }
  if (!bench.quick) await stage.ready(contender)
  try {
    return [new Map([[contender.name, await runOne(bench, stage, contender)]])]
  } catch (error) {
    if (!bench.quick) throw error
    bench.say(`one DELETE was given up: ${String(error)}`)
    return []
  }
}
