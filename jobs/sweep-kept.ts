/**
 * Requests to stay of people whom the site itself deleted: nobody else takes them away, and a later person with the
 * same key must not read that they asked. Reads the keys of requests alone, so that its work grows with these.
 */
import {
  keyFromText,
  keyTombstoneOf,
  requestReferenceOf,
  tombstoneOf,
  type Key,
} from '../base/subject-ref.ts'
import { dropKept, forgetKeptWords, keptOfKind } from '../db/own/kept.ts'
import { dropOpeningsUnder } from '../db/own/openings.ts'
import { keptHashes } from '../db/own/tombstones.ts'
import { readColumns } from '../db/site/rows.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { kindsOfPeople } from './replay-missing.ts'

const page = 500

export async function sweepKept(ctx: JobContext, prepared: Prepared): Promise<void> {
  for (const [kind, settled] of kindsOfPeople(prepared)) {
    let after: string | null = null
    for (;;) {
      const kept: Awaited<ReturnType<typeof keptOfKind>> = await keptOfKind(ctx.database, kind, after, page)
      const last = kept.at(-1)
      if (last === undefined) break
      await sweepPage(ctx, settled, kept)
      after = last.id
    }
  }
}

/** Of another person the mark stays, in doubt: it keeps, but without a word of who asked and why. */
async function sweepPage(
  ctx: JobContext,
  settled: SettledKind,
  kept: Awaited<ReturnType<typeof keptOfKind>>,
): Promise<void> {
  const { database, ports } = ctx
  const kind = settled.kind.name
  const target = { table: settled.table.name, key: settled.key }
  const keys = [...new Set(kept.map(({ keyText }) => keyText))].map(keyFromText)
  const rows = await readColumns(database, database.dialect, target, keys, settled.kind.identity)
  const here = new Map(
    rows.map(({ key, root, columns }) => {
      const identity = settled.kind.identity.map((column) => columns[column] ?? null)
      return [root, tombstoneOf(ports.secret, { kind, key, identity })]
    }),
  )
  const keyHash = (key: Key): string => keyTombstoneOf(ports.secret, { kind, key })
  // By request; one whose tombstone was not kept so long is left as it is.
  const hashes = await keptHashes(database, keys.map(keyHash))
  const gone = kept.filter(({ keyText }) => !here.has(keyText))
  const others = kept.filter(({ id, keyText }) => {
    const person = here.get(keyText)
    const asked = hashes.get(id)
    return person !== undefined && asked !== undefined && asked !== person
  })
  if (gone.length === 0 && others.length === 0) return
  // Where it is rolled back the next run does it; nothing else depends on it.
  await database.transaction(async (tx) => {
    await dropKept(
      tx,
      gone.map(({ id }) => id),
    )
    await dropOpeningsUnder(
      tx,
      gone.map(({ keyText }) => requestReferenceOf(ports.secret, { kind, key: keyFromText(keyText) })),
    )
    await forgetKeptWords(
      tx,
      others.map(({ id }) => id),
    )
  })
}
