/** Gaps: what looks like personal data and is ruled by nothing. A gap is reported, never acted on. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { targetsOf, type FoundLink } from './draft/found-link.ts'
import { linksOf } from './draft/links.ts'
import { prefixOf } from './draft/names.ts'
import { looksLikeLinkTo } from './link-words.ts'
import { looksPersonal } from './personal-words.ts'
import { columnOf, kindOn, type Column, type SiteSchema, type Table } from './site-schema.ts'

export interface Gap {
  readonly kind: 'column' | 'table' | 'data without policy' | 'foreign key'
  readonly table: string
  readonly column: string | null
  /** Kind of the data map that is concerned; null for a table that is none. */
  readonly data: string | null
  /** YAML to add, after a decision. */
  readonly stub: string
}

export function findGaps(policies: readonly Policy[], dataMap: DataMap, schema: SiteSchema): readonly Gap[] {
  const tables = [...schema.values()]
  const links = linksOf(schema, prefixOf(schema), new Map())
  return [
    ...tables.flatMap((table) => columnGaps(dataMap, table)),
    ...tables.flatMap((table) => tableGaps(dataMap, schema, links, table)),
    ...Object.values(dataMap.kinds).flatMap((kind) => policyGap(policies, dataMap, kind)),
  ]
}

function kindsOn(dataMap: DataMap, table: Table): readonly Kind[] {
  return Object.values(dataMap.kinds).filter((kind) => kind.table === table.name)
}

/** Several kinds can share a table; it is enough that one of them rules a column. */
function columnGaps(dataMap: DataMap, table: Table): readonly Gap[] {
  const kinds = kindsOn(dataMap, table)
  const [kind] = kinds
  if (kind === undefined) return []
  const known = new Set(kinds.flatMap(ruledColumns))
  return table.columns
    .filter((column) => looksPersonal(column) && !known.has(column.name))
    .map((column): Gap => {
      const stub = [
        'kinds:',
        `  ${kind.name}:`,
        `    personal: { ${column.name}: blank }`,
        `    # or, with the reason why it is not personal:`,
        `    # exempt: { ${column.name}: … }`,
      ].join('\n')
      return { kind: 'column', table: table.name, column: column.name, data: kind.name, stub }
    })
}

function ruledColumns(kind: Kind): readonly string[] {
  return [
    ...Object.keys(kind.personal),
    ...Object.keys(kind.exempt),
    ...kind.key,
    ...Object.keys(kind.link?.columns ?? {}),
    ...Object.keys(kind.link?.where ?? {}),
    ...Object.values(kind.done),
  ]
}

/** A table that is no kind: its own columns speak, or a key or a name that points at people. */
function tableGaps(
  dataMap: DataMap,
  schema: SiteSchema,
  links: readonly FoundLink[],
  table: Table,
): readonly Gap[] {
  if (kindsOn(dataMap, table).length > 0) return []
  const subjects = Object.values(dataMap.kinds).filter((kind) => kind.subject)
  const keys = table.foreignKeys.filter((key) => subjects.some((kind) => kind.table === key.toTable))
  const gaps = keys.map((key): Gap => {
    const parent = subjects.find((kind) => kind.table === key.toTable)
    const pairs = key.columns.map((own, i) => [own, key.toColumns[i] ?? ''] as const)
    const stub = tableStub(table, parent ?? null, pairs, [])
    const column = key.columns.join(', ')
    return { kind: 'foreign key', table: table.name, column, data: null, stub }
  })
  if (gaps.length > 0 || Object.hasOwn(dataMap.outOfScope, table.name)) return gaps
  const [link] = [
    ...linksTo(subjects, table, schema, links),
    ...linksTo(belongings(dataMap), table, schema, links).filter((one) => isAlike(one, table, schema)),
  ]
  const personal = table.columns.filter(looksPersonal)
  const column = link?.pairs.map(([own]) => own).join(', ') ?? personal[0]?.name ?? null
  if (column === null) return []
  const names = personal.map((one) => one.name)
  const stub = tableStub(table, link?.kind ?? null, link?.pairs ?? [], names)
  return [{ kind: 'table', table: table.name, column, data: null, stub }]
}

/** What people have, whole tables of it: of a table that several own, a name does not tell whose rows it means. */
function belongings(dataMap: DataMap): readonly Kind[] {
  return Object.values(dataMap.kinds).filter(
    (kind) =>
      !kind.subject && hangsOnPeople(dataMap, kind) && Object.keys(kind.link?.where ?? {}).length === 0,
  )
}

/** A person, or of one: the kinds above it lead to people. */
export function hangsOnPeople(dataMap: DataMap, kind: Kind): boolean {
  const seen = new Set<string>()
  for (let at: Kind | undefined = kind; at !== undefined && !seen.has(at.name);) {
    if (at.subject) return true
    seen.add(at.name)
    at = at.of === null ? undefined : dataMap.kinds[at.of]
  }
  return false
}

/**
 * The name alone is little where no person is named: `session_id` of a text is no number of `sessions`. What a foreign
 * key says, the plan itself refuses as soon as the row above goes.
 */
function isAlike({ kind, pairs }: LinkToPeople, table: Table, schema: SiteSchema): boolean {
  const above = schema.get(kind.table)
  const declared = table.foreignKeys.flatMap(({ columns }) => columns)
  return pairs.every(([own, to]) => {
    const family = columnOf(table, own)?.family
    const isSame = above !== undefined && family !== undefined && family === columnOf(above, to)?.family
    return isSame && !declared.includes(own)
  })
}

interface LinkToPeople {
  readonly kind: Kind
  /** Own column, column of the parent. */
  readonly pairs: readonly (readonly [string, string])[]
}

/** As `oubli init` would propose them, and by the name that the kind has in the data map. */
function linksTo(
  subjects: readonly Kind[],
  table: Table,
  schema: SiteSchema,
  links: readonly FoundLink[],
): readonly LinkToPeople[] {
  const proposed = links
    .filter((link) => link.table === table.name && !link.clerk)
    .flatMap((link) =>
      subjects
        .filter((kind) => targetsOf(link).includes(kind.table))
        .map((kind) => ({ kind, pairs: pairsTo(kind, link) })),
    )
  const named = table.columns.flatMap((own) =>
    subjects
      .filter((kind) => looksLikeLinkTo(own, kind.table, kind.name) && mayCompare(own, kind, schema))
      .map((kind) => ({ kind, pairs: [[own.name, kind.key[0] ?? 'id'] as const] })),
  )
  return [...proposed, ...named]
}

/** A column that may mean another table as well leads to its key. */
function pairsTo({ table, key }: Kind, { to, columns }: FoundLink): LinkToPeople['pairs'] {
  return Object.entries(columns).map(([own, parent]) => [own, table === to ? parent : (key[0] ?? parent)])
}

/** `account_code` of another type than the key is a code of something else; an id of another type is an untidy id. */
function mayCompare(own: Column, { table, key }: Kind, schema: SiteSchema): boolean {
  const parent = schema.get(table)
  const [only = ''] = key
  const isSame = parent !== undefined && columnOf(parent, only)?.family === own.family
  return isSame || !/(?:no|nr|num|number|key|code|ref)$/i.test(own.name)
}

function tableStub(
  table: Table,
  parent: Kind | null,
  pairs: LinkToPeople['pairs'],
  personal: readonly string[],
): string {
  const lines = ['kinds:', `  ${kindOn(table)}:`, `    table: ${table.name}`]
  lines.push(`    key: [${table.primaryKey.join(', ')}]`)
  if (parent !== null) {
    const columns = pairs.map(([own, to]) => `${own}: ${to}`).join(', ')
    lines.push(`    of: ${parent.name}`, `    link: { ${columns} }`)
  }
  if (personal.length > 0)
    lines.push(`    personal: { ${personal.map((name) => `${name}: blank`).join(', ')} }`)
  lines.push('# or, with the reason why it holds no personal data:', `# out_of_scope: { ${table.name}: … }`)
  return lines.join('\n')
}

function policyGap(policies: readonly Policy[], dataMap: DataMap, kind: Kind): readonly Gap[] {
  const ruled = Object.values(kind.personal).some((strategy) => strategy.strategy !== 'keep')
  if (!ruled || policies.some((policy) => policy.data === kind.name)) return []
  const sameTable = Object.values(dataMap.kinds).filter((one) => one.table === kind.table)
  if (sameTable.some((one) => policies.some((policy) => policy.data === one.name && endsRow(policy))))
    return []
  if (policies.some((policy) => endsRow(policy) && takesAlong(policy, dataMap, kind))) return []
  const stub = [
    `# in a file of its own among the policies:`,
    `policy: ${kind.name}`,
    `data: ${kind.name}`,
    `keep_at_most: …`,
    `counted_from: ${Object.keys(kind.events)[0] ?? '…'}`,
    `then: erase`,
  ].join('\n')
  return [{ kind: 'data without policy', table: kind.table, column: null, data: kind.name, stub }]
}

export function endsRow(policy: Policy): boolean {
  return policy.then === 'erase' || policy.then === 'archive'
}

/** It hangs on the policy's kind, and neither it nor anything in between is told to stay as it is. */
function takesAlong(policy: Policy, dataMap: DataMap, kind: Kind): boolean {
  const seen = new Set<string>()
  let at: Kind | undefined = kind
  while (at !== undefined && !seen.has(at.name)) {
    if (at.name === policy.data) return true
    seen.add(at.name)
    const rule = policy.but[at.name]?.act
    if (rule === 'keep' || rule === 'detach') return false
    if (rule === 'anonymise' && policy.but[kind.name] === undefined) return false
    at = at.of === null ? undefined : dataMap.kinds[at.of]
  }
  return false
}
