/** Reads what keeps some rows beside their own columns. */
import { keyText, type Key } from '../../base/subject-ref.ts'
import type { Below, ColumnTest, CompiledPolicy, Owner } from '../../plan/compiled.ts'
import type { Dialect, Row, Session, Statement } from '../session.ts'
import { keyOf, textOrNull } from './candidates.ts'
import { both, isOneOf, joinOutwards, matchConstants, matchKeys, qualified } from './match.ts'
import { grouped, perRoot, type RootReading } from './read-facts.ts'
import { inLists } from './rows.ts'

export interface OwnerReading {
  readonly key: Key
  /** Columns that its restrictions and exceptions ask for, raw. */
  readonly columns: Readonly<Record<string, string | null>>
}

/** The owner of each root, by the root's key text; a root whose link leads nowhere has none. */
export async function readOwners(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  owner: Owner,
  roots: ReadonlyMap<string, RootReading>,
): Promise<ReadonlyMap<string, OwnerReading>> {
  const tests = testsOf(owner)
  if (owner.hops.length === 0 && tests.length === 0)
    return new Map([...roots].map(([text, { key }]) => [text, { key, columns: {} }]))
  if (roots.size === 0) return new Map()
  const joined = joinOutwards(
    dialect,
    owner.hops.map((hop) => ({
      table: hop.table,
      columns: hop.columns.map(({ own, parent }) => ({ own: parent, parent: own })),
      where: [],
      enforced: false,
    })),
  )
  const constants = matchConstants(dialect, owner.hops[0]?.where ?? [], 'r')
  const selected = [
    ...policy.key.map(({ name }, i) => `${qualified(dialect, name, 'r')} AS oubli_k${i}`),
    ...owner.key.map(({ name }, i) => `${qualified(dialect, name, joined.alias)} AS oubli_o${i}`),
    ...tests.map(({ column }, i) => `${qualified(dialect, column, joined.alias)} AS oubli_c${i}`),
  ]
  const keys = [...roots.values()].map(({ key }) => key)
  const where = both(matchKeys(dialect, policy.key, keys, 'r'), constants)
  const rows = await session.rows({
    text: `SELECT ${selected.join(', ')} FROM ${dialect.quote(policy.table)} r${joined.text} WHERE ${where.text}`,
    values: [...joined.values, ...where.values],
  })
  return new Map(rows.map((row) => [keyText(keyOf(row, policy)), ownerOf(row, owner)]))
}

function testsOf({ restricted, except }: Owner): readonly ColumnTest[] {
  return [...restricted, ...except]
}

function ownerOf(row: Row, owner: Owner): OwnerReading {
  const columns = testsOf(owner).map(({ column }, i) => [column, textOrNull(row[`oubli_c${i}`])] as const)
  return {
    key: owner.key.map((_, i) => textOrNull(row[`oubli_o${i}`]) ?? ''),
    columns: Object.fromEntries(columns),
  }
}

/** Roots (key text) with which one of these rows would leave. */
export async function rootsAbove(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  below: Below,
  roots: ReadonlyMap<string, RootReading>,
  keys: readonly Key[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const { alias } = joinOutwards(dialect, below.joins)
  for (const list of inLists(keys)) {
    const condition = matchKeys(dialect, below.key, list, alias)
    for (const root of await rootsWith(session, dialect, policy, below, roots, condition)) found.add(root)
  }
  return found
}

/**
 * Roots (key text) with a row that one of the tests is true of, by the collations of its columns, among those that
 * would leave with them.
 */
export async function rootsMatching(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  below: Below,
  roots: ReadonlyMap<string, RootReading>,
  tests: readonly ColumnTest[],
): Promise<ReadonlySet<string>> {
  const { alias } = joinOutwards(dialect, below.joins)
  const condition = isOneOf(dialect, tests, alias)
  if (condition === null) return new Set()
  return await rootsWith(session, dialect, policy, below, roots, condition)
}

/** Roots (key text) with each text that stands in one column of the rows that would leave with them. */
export async function textsBelow(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  below: Below,
  roots: ReadonlyMap<string, RootReading>,
  column: string,
): Promise<readonly (readonly [root: string, found: string])[]> {
  if (roots.size === 0) return []
  const joined = joinOutwards(dialect, below.joins)
  const name = qualified(dialect, column, joined.alias)
  const { text, values } = perRoot(dialect, policy, [...roots.values()], joined, [`${name} AS oubli_v`], {
    text: `${name} IS NOT NULL`,
    values: [],
  })
  const rows = await session.rows({ text: text.replace(/^SELECT /, 'SELECT DISTINCT '), values })
  return rows.flatMap((row) => {
    const found = textOrNull(row['oubli_v'])
    return found === null ? [] : [[keyText(keyOf(row, policy)), found] as const]
  })
}

async function rootsWith(
  session: Session,
  dialect: Dialect,
  policy: CompiledPolicy,
  below: Below,
  roots: ReadonlyMap<string, RootReading>,
  condition: Statement,
): Promise<ReadonlySet<string>> {
  if (roots.size === 0) return new Set()
  const joined = joinOutwards(dialect, below.joins)
  const rows = await session.rows(grouped(dialect, policy, [...roots.values()], joined, [], condition))
  return new Set(rows.map((row) => keyText(keyOf(row, policy))))
}
