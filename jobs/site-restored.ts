/**
 * With a schema of our own a site can be restored without it: people who were erased are back, and our tables, which
 * know of it, are as new as the log. Then nothing is older than the log, and only the people themselves can tell.
 */
import { createHash } from 'node:crypto'
import { tombstoneOf, type Key } from '../base/subject-ref.ts'
import { OubliError } from '../base/errors.ts'
import { noteSeen, readSeen } from '../db/own/control.ts'
import { countErasedSince, findTombstones } from '../db/own/tombstones.ts'
import { madeAt } from '../db/site/made-at.ts'
import { readPeople, type PersonRow } from '../db/site/people.ts'
import { pageSize } from '../engine/walk.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import { isToldApart } from '../policies/rules/identity.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { kindsOfPeople } from './replay-missing.ts'

/**
 * Throws a `refused` error when more people are here who were erased than were left here the last time. Everybody is
 * looked at, once, after a table of people was made anew, as a dump does and many an ALTER; nothing is asked in between.
 * `note`: what was found is remembered.
 */
export async function refuseRestoredSite(ctx: JobContext, prepared: Prepared, note: boolean): Promise<void> {
  if (ctx.database.ownSchema === undefined) return
  const state = await stateOf(ctx, prepared)
  const seen = await readSeen(ctx.database)
  if (seen?.state === state) return
  const { people, table } = await erasedAndHere(ctx, prepared)
  // Never looked before: nothing was erased yet, or all that it is compared with was moved here today.
  if (seen !== null && people > seen.people) throw restored(ctx, table, people - seen.people)
  if (note) await noteSeen(ctx.database, { state, people }, await ctx.now())
}

/** After a replay: whom it has left here is no sign of another restored backup. */
export async function noteWhoIsLeft(ctx: JobContext, prepared: Prepared): Promise<void> {
  if (ctx.database.ownSchema === undefined) return
  const [state, { people }] = [await stateOf(ctx, prepared), await erasedAndHere(ctx, prepared)]
  await noteSeen(ctx.database, { state, people }, await ctx.now())
}

/** People whom somebody of another day may have the key of are not asked: nobody could tell the two apart. */
async function erasedAndHere(
  ctx: JobContext,
  prepared: Prepared,
): Promise<{ readonly people: number; readonly table: string }> {
  let [people, table] = [0, '']
  if ((await countErasedSince(ctx.database, 0)) === 0) return { people, table }
  for (const [kind, settled] of kindsOfPeople(prepared)) {
    const found = isToldApart(settled.kind) ? await countReturned(ctx, kind, settled) : 0
    if (found > 0) [people, table] = [people + found, settled.table.name]
  }
  return { people, table }
}

async function stateOf(ctx: JobContext, prepared: Prepared): Promise<string> {
  const tables = [...kindsOfPeople(prepared).values()].map(({ table }) => table.name)
  const made = await madeAt(ctx.database, [...new Set(tables)])
  return createHash('sha256').update(made.join('\n')).digest('hex').slice(0, 48)
}

async function countReturned(ctx: JobContext, kind: string, settled: SettledKind): Promise<number> {
  const table = { table: settled.table.name, key: settled.key, identity: settled.kind.identity }
  const read = (after: Key | null): Promise<readonly PersonRow[]> =>
    readPeople(ctx.database, ctx.database.dialect, table, after, pageSize)
  let after: Key | null = null
  let found = 0
  for (;;) {
    const page = await read(after)
    const gone = await erasedAmong(ctx, kind, page)
    // Somebody whom another run erased between the two readings has not come back.
    if (gone.size > 0) found += (await read(after)).filter((row) => gone.has(personOf(ctx, kind, row))).length
    after = page.at(-1)?.key ?? null
    if (page.length < pageSize) return found
  }
}

function personOf(ctx: JobContext, kind: string, { key, identity }: PersonRow): string {
  return tombstoneOf(ctx.ports.secret, { kind, key, identity })
}

async function erasedAmong(
  ctx: JobContext,
  kind: string,
  page: readonly PersonRow[],
): Promise<ReadonlySet<string>> {
  const found = await findTombstones(
    ctx.database,
    page.map((row) => personOf(ctx, kind, row)),
  )
  return new Set(found.filter(({ act }) => act === 'erased').map(({ hash }) => hash))
}

function restored(ctx: JobContext, table: string, people: number): OubliError {
  const own = ctx.database.ownSchema ?? ''
  return new OubliError(
    'refused',
    'E_SITE_RESTORED',
    `${table}: expected nobody who was erased, found ${people}: the site is older than the schema "${own}", as after a backup that was restored without it`,
    `Keep the site closed. Restore "${own}" from the same backup or an older one, then \`oubli replay\`; docs/restore.md says what to do first, and what if there is no such backup.`,
  )
}
