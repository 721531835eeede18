/** Proposed policies: one for each kind that hangs on nothing. All of them only observe. */
import { allNullable, type ForeignKey, type SiteSchema, type Table } from '../site-schema.ts'
import { isAccounting, termOf } from './categories.ts'
import type { DraftKind, DraftPolicy } from './draft.ts'
import { remark, type Remark } from './remarks.ts'
import { isWritable, numbered, tableWords } from './names.ts'

export function policiesOf(
  kinds: readonly DraftKind[],
  schema: SiteSchema,
  prefix: string,
): readonly DraftPolicy[] {
  const taken = new Set<string>()
  return kinds
    .filter((kind) => needsPolicy(kind) && whyNoPolicy(kind) === null)
    .map((kind) => {
      const policy = policyFor(kind, kinds, schema, prefix)
      const name = numbered(policy.name, '-', taken)
      taken.add(name)
      return { ...policy, name }
    })
}

/** What hangs on another kind leaves with it; what only names a clerk is about something else. */
function needsPolicy(kind: DraftKind): boolean {
  return kind.of === null && !isClerkOnly(kind)
}

/** Null also for a kind that needs none. */
export function whyNoPolicy(kind: DraftKind): Remark | null {
  const [event] = kind.events
  if (!needsPolicy(kind)) return null
  if (event === undefined || (event.name === 'last_activity' && event.else === null)) return remark('noStart')
  return event.name === 'last_activity' && kind.contact === null ? remark('noContact') : null
}

function isClerkOnly(kind: DraftKind): boolean {
  const named = kind.beside || Object.keys(kind.clerks).length > 0
  return named && kind.columns.length === 0 && !kind.subject
}

function policyFor(
  kind: DraftKind,
  kinds: readonly DraftKind[],
  schema: SiteSchema,
  prefix: string,
): DraftPolicy {
  const event = kind.events[0]
  const references = referencesTo(kind, kinds, schema)
  const members = below(kind, kinds)
  const books = members.filter((one) => isAccounting(tableWords(one.table, prefix))).map((one) => one.name)
  const remarks: Remark[] = [remark('term')]
  if (kind.subject && event?.name === 'created') remarks.push(remark('noLife'))
  const warns = kind.contact !== null && event?.slides === true
  if (kind.contact !== null && !warns) remarks.push(remark('noWarning'))
  if (books.length > 0) remarks.push(remark('accounting', { kinds: books.join(', ') }))
  const byStay = (...wanted: readonly DraftKind['stay'][]): string =>
    members
      .filter((one) => wanted.includes(one.stay))
      .map((one) => one.name)
      .join(', ')
  const [stay, fixed] = [byStay('keep', 'detach'), byStay('fixed')]
  if (stay !== '') remarks.push(remark('writtenStays', { kinds: stay }))
  if (fixed !== '') remarks.push(remark('writtenGoes', { kinds: fixed }))
  const others = members.filter((one) => one.others.length > 0).map((one) => one.name)
  if (others.length > 0) remarks.push(remark('othersGo', { kinds: others.join(', ') }))
  for (const column of references.fixed) remarks.push(remark('notNull', { column }))
  for (const column of references.kept) remarks.push(remark('notEmptied', { column }))
  for (const columns of references.odd) remarks.push(remark('oddColumns', { columns }))
  const silent = kind.subject && event?.name === 'last_activity'
  return {
    name: `${silent ? 'inactive-' : ''}${kind.name.replaceAll('_', '-')}`,
    kind: kind.name,
    term: termOf(kind.category, kind.name),
    countedFrom: event?.name ?? 'created',
    warns,
    detach: references.free,
    stays: members.flatMap(({ name, stay: act }) =>
      act === 'keep' || act === 'detach' ? [{ kind: name, act }] : [],
    ),
    remarks,
  }
}

function below(kind: DraftKind, kinds: readonly DraftKind[]): readonly DraftKind[] {
  const children = kinds.filter((one) => one.of === kind.name)
  return children.flatMap((one) => [one, ...below(one, kinds)])
}

/** Without what stays, and what hangs on that. */
function going(kind: DraftKind, kinds: readonly DraftKind[]): readonly DraftKind[] {
  const children = kinds.filter(({ of, stay }) => of === kind.name && stay !== 'keep' && stay !== 'detach')
  return children.flatMap((one) => [one, ...going(one, kinds)])
}

/**
 * Foreign keys into rows that go, beside the links of the tree: emptied where NULL is allowed, or said to be
 * in the way. The same question as `references.ts` asks of a finished policy.
 */
function referencesTo(
  root: DraftKind,
  kinds: readonly DraftKind[],
  schema: SiteSchema,
): Readonly<Record<'free' | 'fixed' | 'kept' | 'odd', readonly string[]>> {
  const members = [root, ...below(root, kinds)]
  const tables = new Set([root, ...going(root, kinds)].map((one) => one.table))
  const [free, fixed, kept, odd] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ]
  for (const table of schema.values())
    for (const key of table.foreignKeys) {
      if (!tables.has(key.toTable)) continue
      const owner = kinds.find((one) => one.table === table.name)
      const inside = tables.has(table.name)
      const empties = allNullable(table, key.columns)
      if (isTieOf(members, table, key.columns)) continue
      if (inside && key.toTable !== root.table && !sweepsOthers(table, key, empties)) continue
      const name = `${owner?.name ?? table.name}.${key.columns[0] ?? ''}`
      const sweeps = key.onDelete === 'cascade' && !inside
      const written = key.columns.every(isWritable)
      if (!empties) fixed.add(name)
      else if (owner === undefined || sweeps) kept.add(name)
      else if (written) free.add(name)
      else odd.add(name)
    }
  return { free: [...free], fixed: [...fixed], kept: [...kept], odd: [...odd] }
}

/** A comment of somebody else goes with the post; an answer in the same table is emptied first, where it can be. */
function sweepsOthers(table: Table, key: ForeignKey, empties: boolean): boolean {
  return key.onDelete === 'cascade' && !(empties && key.toTable === table.name)
}

function isTieOf(members: readonly DraftKind[], table: Table, columns: readonly string[]): boolean {
  return members.some((one) => {
    if (one.table !== table.name || one.of === null) return false
    const parent = members.find((other) => other.name === one.of)
    const tied =
      one.link === null
        ? table.foreignKeys.find((key) => key.toTable === parent?.table)?.columns
        : Object.keys(one.link.columns)
    return (
      tied !== undefined && tied.length === columns.length && columns.every((name) => tied.includes(name))
    )
  })
}
