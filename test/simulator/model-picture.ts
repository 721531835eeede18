/** The picture of the modelled server. A part whose tables did not change is the very same object as before. */
import type { Picture } from './picture.ts'
import { enforcedResults } from './plan-model.ts'
import type { Reader } from './server.ts'
import type { TableName } from './tables.ts'
import type { World } from './world.ts'

export function pictures(world: World): () => Picture {
  const { server } = world
  const { committed } = server
  const part = <T>(tables: readonly TableName[], make: () => T): (() => T) => {
    let seen = -1
    let kept: T | undefined
    return () => {
      const version = tables.reduce((sum, table) => sum + server.versionOf(table), 0)
      if (kept === undefined || version !== seen) [seen, kept] = [version, make()]
      return kept
    }
  }
  const people = part(['users', 'sessions'], () => peopleOf(committed))
  const mails = part(['outbox'], () => [...committed.all('outbox')].map(([id, mail]) => ({ id, ...mail })))
  const warnings = part(['warnings'], () =>
    [...committed.all('warnings')].map(([mail, row]) => ({ mail, terms: row.termsHash, ...row })),
  )
  const tombstones = part(
    ['tombstones'],
    () => new Map([...committed.all('tombstones')].map(([hash, { entry }]) => [hash, entry])),
  )
  const seals = part(['seals'], () => sealsOf(committed))
  const runs = part(['runs'], () => new Map([...committed.all('runs')].map(([id, { asOf }]) => [id, asOf])))
  const cursors = part(
    ['cursors'],
    () => new Map([...committed.all('cursors')].map(([id, { seq }]) => [id, seq])),
  )
  const traces = part(['outbox', 'warnings', 'holds'], () => tracesOf(committed))
  const left = part(['results'], () => enforcedResults(world)[0]?.left ?? 0)
  return () => ({
    people: people().people,
    orphans: people().orphans,
    mails: mails(),
    warnings: warnings(),
    entries: server.table('entries'),
    entriesVersion: server.versionOf('entries'),
    tombstones: tombstones(),
    seals: seals(),
    checkpoints: world.checkpoints,
    runs,
    cursors: cursors(),
    traces: traces(),
    left: left(),
    token: committed.get('lease', 'run')?.token ?? 0,
    writtenUnder: server.lastFence(),
  })
}

function peopleOf(committed: Reader): Pick<Picture, 'people' | 'orphans'> {
  const people = new Map<string, number>()
  for (const [key] of committed.all('users')) people.set(key, 0)
  let orphans = 0
  for (const [id, { user }] of committed.all('sessions')) {
    const rows = people.get(user)
    if (rows === undefined) orphans += 1
    else if (!id.startsWith('wrong')) people.set(user, rows + 1)
  }
  return { people, orphans }
}

function sealsOf(committed: Reader): readonly (string | undefined)[] {
  const seals: (string | undefined)[] = []
  for (const [index, { entry }] of committed.all('seals')) seals[Number(index)] = entry
  return Array.from(seals)
}

function tracesOf(committed: Reader): ReadonlyMap<string, number> {
  const traces = new Map<string, number>()
  for (const table of ['outbox', 'warnings', 'holds'] as const)
    for (const [, { key }] of committed.all(table)) traces.set(key, (traces.get(key) ?? 0) + 1)
  return traces
}
