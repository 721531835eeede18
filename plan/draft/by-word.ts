/** Links of which a word in the row says where they lead: `subject_type` beside `subject_id`. */
import { columnOf, type Column, type SiteSchema, type Table } from '../site-schema.ts'
import { fits, plainLink, type FoundLink } from './found-link.ts'
import { typeWords } from './names.ts'
import type { TableSample } from './shapes.ts'

export interface TypePair {
  readonly type: string
  readonly id: string
}

/** `subject_type` beside `subject_id`. */
export function typePairs(table: Table): readonly TypePair[] {
  return table.columns.flatMap(({ name, family }) => {
    const stem = /^(.*?)_?(?:type|model|class|kind|table|entity)$/i.exec(name)?.[1]
    if (stem === undefined || stem === '' || family !== 'text') return []
    const id = table.columns.find((one) =>
      [`${stem}_id`, `${stem}Id`, `${stem}_key`, `${stem}_ref`].includes(one.name),
    )
    return id === undefined ? [] : [{ type: name, id: id.name }]
  })
}

/** One link for each table whose name stands in the sampled words. */
export function polymorphic(
  schema: SiteSchema,
  prefix: string,
  table: Table,
  samples: ReadonlyMap<string, TableSample>,
): readonly FoundLink[] {
  return typePairs(table).flatMap(({ type, id }) => {
    const seen = samples.get(table.name)?.columns.get(type)?.words ?? []
    const own = columnOf(table, id)
    return [...schema.values()].flatMap((other) => {
      const columns = own === undefined || other === table ? null : pairColumns(table, own, other)
      if (columns === null) return []
      return typeWords(other.name, prefix)
        .filter((word) => seen.includes(word))
        .map((word) => ({ ...plainLink(table, other.name, columns), where: { [type]: word } }))
    })
  })
}

/** The id stands for the one key column of the other table that this one does not carry by its own name. */
function pairColumns(table: Table, own: Column, other: Table): Readonly<Record<string, string>> | null {
  const shared = other.primaryKey.filter(
    (name) => other.primaryKey.length > 1 && fits(columnOf(table, name), columnOf(other, name)),
  )
  const [rest, second] = other.primaryKey.filter((name) => !shared.includes(name))
  if (rest === undefined || second !== undefined || !fits(own, columnOf(other, rest))) return null
  return Object.fromEntries([...shared.map((name) => [name, name] as const), [own.name, rest] as const])
}
