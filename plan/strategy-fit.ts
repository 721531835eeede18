/** Whether a strategy can be written into a live column. */
import type { Strategy } from '../policies/data-map.ts'
import { holdsAddresses } from './ip-address.ts'
import { holdsJson, holdsOnlyJson, type Column, type Table } from './site-schema.ts'

/** Twelve random characters and `@erased.invalid`. */
export const shortestUniqueAddress = 27

/** Why a strategy does not fit: the tail of a problem code, or null when it fits. */
export type Misfit =
  | 'GENERATED' // the server computes the column
  | 'KEY' // it would change the row's key
  | 'NULL' // NULL is needed and not allowed
  | 'TYPE' // the strategy cannot be applied to this type
  | 'ADDRESS' // no IP address fits into this type
  | 'CHARACTERS' // it has no first characters that a shorter value could be made of
  | 'NUMBER' // it holds no numbers
  | 'WHOLE' // nothing would be taken away
  | 'LENGTH' // the new value is longer than the column
  | 'UNIQUE' // a second row would get the same value

export function misfit(strategy: Strategy, column: Column, table: Table): Misfit | null {
  if (strategy.strategy === 'keep') return null
  if (column.generated) return 'GENERATED'
  if (table.primaryKey.includes(column.name)) return 'KEY'
  return typeMisfit(strategy, column) ?? uniqueMisfit(strategy, column, table)
}

/** Several NULLs live side by side in a unique index; several equal values do not. */
function uniqueMisfit(strategy: Strategy, column: Column, table: Table): Misfit | null {
  const { strategy: name } = strategy
  if (name === 'unique_address' || name === 'null') return null
  if (name === 'blank' && column.family !== 'text') return null
  const alone = table.indexes.some(
    (index) => index.unique && index.columns.length === 1 && index.columns[0] === column.name,
  )
  return alone ? 'UNIQUE' : null
}

function typeMisfit(strategy: Exclude<Strategy, { strategy: 'keep' }>, column: Column): Misfit | null {
  const onlyJson = holdsOnlyJson(column)
  const text = column.family === 'text' && !onlyJson
  switch (strategy.strategy) {
    case 'blank':
      if (onlyJson && column.family === 'text') return 'TYPE'
      return text || column.nullable ? null : 'NULL'
    case 'null':
      return column.nullable ? null : 'NULL'
    case 'fixed':
      return fixedMisfit(strategy.value, column)
    case 'unique_address':
      if (!text) return 'TYPE'
      return column.length !== null && column.length < shortestUniqueAddress ? 'LENGTH' : null
    case 'year':
    case 'month':
      return ['date', 'datetime', 'timestamp'].includes(column.family) ? null : 'TYPE'
    case 'truncated_ip':
      return holdsAddresses(column) && !onlyJson ? null : 'ADDRESS'
    case 'coarse_user_agent':
      return text ? null : 'TYPE'
    case 'generalised':
      if (!text || /^(?:enum|set)\b/i.test(column.type)) return 'CHARACTERS'
      return column.length !== null && strategy.kept >= column.length ? 'WHOLE' : null
    case 'bucketed':
      if (column.family === 'decimal') return null
      if (column.family !== 'integer') return 'NUMBER'
      return strategy.width === 1 ? 'WHOLE' : null
    case 'without':
      return holdsJson(column) ? null : 'TYPE'
  }
}

const shapes: Partial<Record<Column['family'], RegExp>> = {
  integer: /^-?\d+$/,
  decimal: /^-?\d+(\.\d+)?$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d{1,6})?)?$/,
  timestamp: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/,
}

function fixedMisfit(value: string, column: Column): Misfit | null {
  const shape = shapes[column.family]
  if (shape !== undefined) return shape.test(value) ? null : 'TYPE'
  if (holdsOnlyJson(column) && !isJson(value)) return 'TYPE'
  return column.length !== null && Array.from(value).length > column.length ? 'LENGTH' : null
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}
