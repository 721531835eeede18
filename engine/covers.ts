/**
 * Which rows a hold, a restriction or an exception keeps: on what they hang on, on what leaves with them, or under
 * another name of the very row.
 */
import { keyFromText, keyText } from '../base/subject-ref.ts'
import { heldKeys, heldKinds, keysUnderHold } from '../db/own/holds.ts'
import { readOwners, rootsAbove, rootsMatching, textsBelow } from '../db/site/read-covers.ts'
import type { RootReading } from '../db/site/read-facts.ts'
import type { Session } from '../db/session.ts'
import { isSameValue } from '../plan/column-values.ts'
import type { ColumnTest, CompiledPolicy, Owner } from '../plan/compiled.ts'
import type { EnginePorts } from './ports.ts'

export interface Covered {
  /** Key texts of roots. */
  readonly held: ReadonlySet<string>
  readonly restricted: ReadonlySet<string>
  readonly excepted: ReadonlySet<string>
}

export async function readCovered(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  roots: ReadonlyMap<string, RootReading>,
): Promise<Covered> {
  const held = new Set<string>()
  const restricted = new Set<string>()
  const excepted = new Set<string>()
  const kinds = await heldKinds(session)
  for (const owner of policy.owners)
    await readAbove(ports, session, policy, owner, roots, kinds, { held, restricted, excepted })
  const { dialect } = ports.database
  for (const below of policy.below) {
    if (kinds.has(below.kind)) {
      const keys = (await keysUnderHold(session, below.kind)).map(keyFromText)
      for (const root of await rootsAbove(session, dialect, policy, below, roots, keys)) held.add(root)
    }
    for (const root of await rootsKept(session, dialect, policy, below, roots, below.restricted))
      restricted.add(root)
    for (const root of await rootsKept(session, dialect, policy, below, roots, below.except))
      excepted.add(root)
  }
  return { held, restricted, excepted }
}

/** As the database compares, and as the row's own columns are judged: in doubt a word in another case keeps too. */
async function rootsKept(...asked: Parameters<typeof rootsMatching>): Promise<ReadonlySet<string>> {
  const [session, dialect, policy, below, roots, tests] = asked
  const found = new Set(await rootsMatching(...asked))
  for (const test of tests) {
    if (test.family !== undefined || test.values.length === 0) continue
    for (const [root, text] of await textsBelow(session, dialect, policy, below, roots, test.column))
      if (isMatching([test], { [test.column]: text })) found.add(root)
  }
  return found
}

async function readAbove(
  ports: EnginePorts,
  session: Session,
  policy: CompiledPolicy,
  owner: Owner,
  roots: ReadonlyMap<string, RootReading>,
  kinds: ReadonlySet<string>,
  covered: Readonly<Record<keyof Covered, Set<string>>>,
): Promise<void> {
  if (!kinds.has(owner.kind) && owner.restricted.length + owner.except.length === 0) return
  const owners = await readOwners(session, ports.database.dialect, policy, owner, roots)
  const texts = [...new Set([...owners.values()].map(({ key }) => keyText(key)))]
  const holds = kinds.has(owner.kind) ? await heldKeys(session, owner.kind, texts) : new Set<string>()
  for (const [root, { key, columns }] of owners) {
    if (holds.has(keyText(key))) covered.held.add(root)
    if (isMatching(owner.restricted, columns)) covered.restricted.add(root)
    if (isMatching(owner.except, columns)) covered.excepted.add(root)
  }
}

export function isMatching(
  tests: readonly ColumnTest[],
  columns: Readonly<Record<string, string | null>>,
): boolean {
  return tests.some(({ column, values }) => {
    const found = columns[column] ?? null
    return found !== null && values.some((wanted) => isSameValue(found, wanted))
  })
}
