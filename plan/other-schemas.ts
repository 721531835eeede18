/**
 * Other schemas of the same server. The data map names their tables as `schema.table`; of the rest that stands there,
 * which may be the tables of another program, only what a foreign key ties to the site counts. Pure.
 */
import type { DataMap } from '../policies/data-map.ts'
import type { SiteSchema } from './site-schema.ts'

/** Schemas that the data map names beside the one of the site. */
export function schemasNamed(dataMap: DataMap): readonly string[] {
  const found = tablesNamed(dataMap).flatMap((table) => schemaOf(table) ?? [])
  return [...new Set(found)].sort()
}

/** Without the tables of those schemas that neither the data map names nor a foreign key leads from. */
export function withoutStrangers(dataMap: DataMap, schema: SiteSchema): SiteSchema {
  const named = new Set(tablesNamed(dataMap))
  const others = new Set(schemasNamed(dataMap))
  const kept = new Set(
    [...schema.keys()].filter((name) => named.has(name) || !others.has(schemaOf(name) ?? '')),
  )
  for (let before = -1; before !== kept.size;) {
    before = kept.size
    for (const { name, foreignKeys } of schema.values())
      if (foreignKeys.some(({ toTable }) => kept.has(toTable))) kept.add(name)
  }
  return new Map([...schema].filter(([name]) => kept.has(name)))
}

function tablesNamed({ kinds, outOfScope }: DataMap): readonly string[] {
  return [...Object.values(kinds).map(({ table }) => table), ...Object.keys(outOfScope)]
}

/** Null: the schema of the site. */
export function schemaOf(table: string): string | null {
  const dot = table.indexOf('.')
  return dot < 0 ? null : table.slice(0, dot)
}
