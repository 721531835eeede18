/** What anonymising could write into a column: the first proposal that its type takes. */
import type { Strategy } from '../../policies/data-map.ts'
import type { Column, Table } from '../site-schema.ts'
import { misfit } from '../strategy-fit.ts'
import { withoutPersonal } from './json-places.ts'
import type { Meaning } from './meanings.ts'
import type { ColumnShape } from './shapes.ts'

const fixed = (value: string): Strategy => ({ strategy: 'fixed', value })

const first: Readonly<Partial<Record<Meaning, readonly Strategy[]>>> = {
  email: [{ strategy: 'unique_address' }],
  ip: [{ strategy: 'truncated_ip' }],
  'user agent': [{ strategy: 'coarse_user_agent' }],
  birth: [{ strategy: 'year' }],
  'birth year': [{ strategy: 'bucketed', width: 10 }],
  age: [{ strategy: 'bucketed', width: 5 }],
  postcode: [
    { strategy: 'generalised', kept: 2 },
    { strategy: 'bucketed', width: 1000 },
  ],
  json: [{ strategy: 'null' }, fixed('{}')],
}

/** Null: nothing fits, so a person has to decide. */
export function strategyFor(
  meaning: Meaning,
  column: Column,
  table: Table,
  shape?: ColumnShape,
): Strategy | null {
  const part = meaning === 'json' ? withoutPersonal(shape) : null
  const proposals = [
    ...(part === null ? [] : [part]),
    ...(first[meaning] ?? []),
    ...general(column),
    { strategy: 'unique_address' } as const,
  ]
  return proposals.find((one) => misfit(one, column, table) === null) ?? null
}

function general(column: Column): readonly Strategy[] {
  const empty: readonly Strategy[] = [{ strategy: 'null' }]
  switch (column.family) {
    case 'text':
      return [{ strategy: 'blank' }, ...empty]
    case 'integer':
    case 'decimal':
      return [...empty, fixed('0')]
    case 'date':
      return [...empty, fixed('1970-01-01')]
    case 'datetime':
    case 'timestamp':
      return [...empty, fixed('1970-01-01 00:00:01')]
    case 'binary':
    case 'other':
      return [...empty, fixed('')]
  }
}
