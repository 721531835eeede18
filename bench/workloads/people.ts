/** Whole persons with what belongs to them: Oubli against scripts that are quicker to write. */
import { install } from '../installation.ts'
import { fromRounds, type Outcome } from '../outcome.ts'
import { paces, type Pace } from '../pace.ts'
import { archiverVersion, howToGetArchiver, startArchiver, type ArchiverJob } from '../peers.ts'
import { createPeople, peopleKinds, peoplePolicy, restorePeople } from '../people-tables.ts'
import { pairedRounds, type Bench, type Contender, type Stage } from '../rounds.ts'
import { inServer, inTurn, startOwn, type Running } from '../running.ts'
import { openSql, type Place, type Sql } from '../sql.ts'
import { measuredTable, timesOf } from '../tables.ts'

const sizes = { full: 200_000, quick: 20_000 }
/** Below this share of those who are due, everybody comes back. */
const enough = 0.5

export async function people(bench: Bench): Promise<Outcome> {
  const count = bench.quick ? sizes.quick : sizes.full
  const due = count / 5
  const place = { port: bench.server.port, database: 'bench_people' }
  const sql = await bench.server.schema(place.database)
  bench.say(`building ${count} people`)
  await createPeople(sql, count)
  const [row] = await sql.rows('SELECT UTC_TIMESTAMP() - INTERVAL 3 YEAR AS bound')
  const bound = row?.['bound'] ?? ''
  const installation = await install(bench.folder, {
    ...place,
    kinds: peopleKinds,
    policies: { people: peoplePolicy },
  })
  bench.say(`letting Oubli observe ${due} people who are due, approving`)
  await installation.approve()
  const oubli = (name: string, pace: Pace): Contender => ({
    name,
    start: () => installation.start(['run', '--policy', 'people'], pace),
    seconds: bench.window,
  })
  const peer = await openSql(place)
  const archiver = archiverVersion() !== null
  const contenders: readonly Contender[] = [
    oubli('Oubli', 'full speed'),
    ...(paces['two writers'] === null ? [] : [oubli('Oubli, two writers', 'two writers')]),
    {
      name: 'person by person',
      start: () => startOwn('person-by-person', { ...place, bound }),
      seconds: bench.window,
    },
    ...(archiver ? [{ name: 'script', start: () => script(peer, place, bound), seconds: null }] : []),
  ]
  const stage = stageOf(bench, sql, bound, due, () => installation.approveAgain())
  const rounds = await pairedRounds(bench, stage, contenders)
  await peer.close()
  const missing = archiver ? null : howToGetArchiver
  const noTwo = paces['two writers'] === null ? 'this version has one writer' : missing
  return {
    tables: [measuredTable('people', rounds), timesOf('people', due, rounds)],
    figures: {
      'people.script': fromRounds(rounds, 'Oubli', 'script', (m) => m.rate, missing),
      'people.person': fromRounds(rounds, 'Oubli', 'person by person', (m) => m.rate),
      'people.two': fromRounds(rounds, 'Oubli, two writers', 'script', (m) => m.rate, noTwo),
    },
    notes: ['script: one UPDATE and four times pt-archiver, table by table; nothing is atomic or proved'],
    rounds,
  }
}

function stageOf(
  bench: Bench,
  sql: Sql,
  bound: string,
  due: number,
  approveAgain: () => Promise<void>,
): Stage {
  const left = (): Promise<number> =>
    sql.number('SELECT COUNT(*) FROM people WHERE collected_at < ?', [bound])
  return {
    left,
    ready: async ({ seconds }) => {
      const now = await left()
      // The script does all of them, and the last one that it leaves behind is put back as well.
      if (seconds === null ? now === due : now >= enough * due) return
      bench.say(`putting ${due - now} people back`)
      await restorePeople(sql)
      await approveAgain()
    },
  }
}

/** Orders first, while it is still known whose they are; then what refers to people, then people. */
function script(peer: Sql, place: Place, bound: string): Running {
  const due = `SELECT id FROM people WHERE collected_at < '${bound}'`
  const job = (table: string, where: string): ArchiverJob => ({ ...place, table, where, index: 'PRIMARY' })
  const archive = (table: string, where: string) => () => startArchiver('best by key', job(table, where))
  return inTurn([
    () =>
      inServer(
        peer.run(`UPDATE orders SET person_id = NULL, ship_name = NULL, ship_address = NULL, email = NULL
          WHERE person_id IN (${due})`),
      ),
    ...['sessions', 'events', 'profiles'].map((table) => archive(table, `person_id IN (${due})`)),
    archive('people', `collected_at < '${bound}'`),
  ])
}
