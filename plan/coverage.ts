/** Gaps: what looks like personal data and is ruled by nothing. A gap is reported, never acted on. */
import type { DataMap, Kind } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { looksLikeLinkTo, looksPersonal } from './personal-words.ts'
import type { ForeignKey, SiteSchema, Table } from './site-schema.ts'

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
  return [
    ...tables.flatMap((table) => columnGaps(dataMap, table)),
    ...tables.flatMap((table) => tableGaps(dataMap, table)),
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
function tableGaps(dataMap: DataMap, table: Table): readonly Gap[] {
  if (kindsOn(dataMap, table).length > 0) return []
  const subjects = Object.values(dataMap.kinds).filter((kind) => kind.subject)
  const keys = table.foreignKeys.filter((key) => subjects.some((kind) => kind.table === key.toTable))
  const gaps = keys.map((key): Gap => {
    const parent = subjects.find((kind) => kind.table === key.toTable)
    const stub = tableStub(table, parent ?? null, key, [])
    const column = key.columns.join(', ')
    return { kind: 'foreign key', table: table.name, column, data: null, stub }
  })
  if (gaps.length > 0 || Object.hasOwn(dataMap.outOfScope, table.name)) return gaps
  const linked = table.columns.flatMap((column) =>
    subjects
      .filter((kind) => looksLikeLinkTo(column, kind.table, kind.name))
      .map((kind) => ({ column, kind })),
  )
  const personal = table.columns.filter(looksPersonal)
  const column = linked[0]?.column.name ?? personal[0]?.name ?? null
  if (column === null) return []
  const stub = tableStub(
    table,
    linked[0]?.kind ?? null,
    linked[0]?.column.name ?? null,
    personal.map((one) => one.name),
  )
  return [{ kind: 'table', table: table.name, column, data: null, stub }]
}

function tableStub(
  table: Table,
  parent: Kind | null,
  link: ForeignKey | string | null,
  personal: readonly string[],
): string {
  const lines = ['kinds:', `  ${table.name}:`, `    table: ${table.name}`]
  lines.push(`    key: [${table.primaryKey.join(', ')}]`)
  if (parent !== null && link !== null) {
    const pairs =
      typeof link === 'string'
        ? [`${link}: ${parent.key[0] ?? 'id'}`]
        : link.columns.map((own, index) => `${own}: ${link.toColumns[index] ?? ''}`)
    lines.push(`    of: ${parent.name}`, `    link: { ${pairs.join(', ')} }`)
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

function endsRow(policy: Policy): boolean {
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
    if (rule === 'anonymise' && at !== kind && policy.but[kind.name] === undefined) return false
    at = at.of === null ? undefined : dataMap.kinds[at.of]
  }
  return false
}
