/**
 * Requests to stay that a restored backup does not have: they are recorded again for whoever is here, or the warnings
 * of before would count. Reads every person of the site, but only where a request was lost.
 */
import { keyText, tombstoneOf, type Key } from '../base/subject-ref.ts'
import { insertKept, keptIds } from '../db/own/kept.ts'
import { readPeople } from '../db/site/people.ts'
import { pageSize } from '../engine/walk.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'
import { kindsOfPeople } from './replay-missing.ts'

export interface KeptAgain {
  /** Ids of the requests whose people are here. */
  readonly again: readonly string[]
  /** Whose people were not found, or of whom the ledger tells nothing. */
  readonly lost: readonly string[]
}

/** Stands in the place of the reason and the name, which were in the lost database alone. */
const fromLog = 'recorded again from the log'

/** `write`: they are recorded; otherwise only looked for. */
export async function keptAgain(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  write: boolean,
): Promise<KeptAgain> {
  const here = await keptIds(ctx.database)
  const missing = new Set(known.lostRequests.filter((id) => !here.has(id)))
  const wanted = [...known.kept.values()].flat().filter(({ request }) => missing.has(request))
  if (wanted.length === 0) return { again: [], lost: [...missing] }
  const people = new Set(wanted.map(({ line }) => line.person))
  const again: string[] = []
  for (const [kind, settled] of kindsOfPeople(prepared)) {
    const table = { table: settled.table.name, key: settled.key, identity: settled.kind.identity }
    let after: Key | null = null
    for (;;) {
      const page = await readPeople(ctx.database, ctx.database.dialect, table, after, pageSize)
      for (const { key, identity } of page) {
        const person = tombstoneOf(ctx.ports.secret, { kind, key, identity })
        if (!people.has(person)) continue
        for (const { line, request } of wanted.filter((one) => one.line.person === person)) {
          again.push(request)
          const mark = { id: request, kind, keyText: keyText(key), keptAt: Date.parse(line.at) }
          if (write) await insertKept(ctx.database, { ...mark, because: fromLog, askedBy: fromLog })
        }
      }
      after = page.at(-1)?.key ?? null
      if (page.length < pageSize) break
    }
  }
  const found = new Set(again)
  return { again, lost: [...missing].filter((id) => !found.has(id)) }
}
