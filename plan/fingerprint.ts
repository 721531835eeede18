/** What an approval binds: one hash over everything that decides what a run does. */
import { createHash } from 'node:crypto'
import { canonicalText, type Canonical } from '../base/canonical.ts'
import type { DataMap } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'
import { canonicalValue } from './canonical-value.ts'
import type { ForeignKey, SiteSchema, Table } from './site-schema.ts'

export interface FingerprintInput {
  readonly policies: readonly Policy[]
  readonly dataMap: DataMap
  readonly schema: SiteSchema
  readonly templatesHash: string
  readonly majorVersion: string
}

export function sha256(value: Canonical): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex')
}

/** SHA-256 in hex. Where a policy file lies does not count; neither do rows, estimates and comments. */
export function fingerprint(input: FingerprintInput): string {
  const policies = [...input.policies]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((policy) => canonicalValue({ ...policy, file: undefined }))
  return sha256({
    policies,
    dataMap: canonicalValue(input.dataMap),
    templates: input.templatesHash,
    tables: mappedTables(input.dataMap, input.schema),
    version: input.majorVersion,
  })
}

/** A foreign key into a mapped table counts wherever it comes from: a new one changes what a deletion does. */
function mappedTables(dataMap: DataMap, schema: SiteSchema): Canonical {
  const mapped = new Set(Object.values(dataMap.kinds).map((kind) => kind.table))
  const tables = [...schema.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const own = tables.filter((table) => mapped.has(table.name)).map(tableForm)
  const into = tables
    .filter((table) => !mapped.has(table.name))
    .flatMap((table) => table.foreignKeys.filter((key) => mapped.has(key.toTable)))
  return [own, sorted(into.map(keyForm))]
}

function tableForm(table: Table): Canonical {
  const { name, columns, primaryKey, transactional, partitioned, foreignKeys, indexes } = table
  return {
    name,
    columns: sorted(columns.map(canonicalValue)),
    primaryKey,
    unique: sorted(indexes.filter((index) => index.unique).map((index) => [...index.columns])),
    foreignKeys: sorted(foreignKeys.map(keyForm)),
    // Who may not see triggers has to come to the same fingerprint; the plan warns of those that are seen.
    triggers: [],
    transactional,
    partitioned,
  }
}

function keyForm(key: ForeignKey): Canonical {
  return canonicalValue({ ...key })
}

function sorted(list: readonly Canonical[]): readonly Canonical[] {
  return [...list].sort((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1))
}
