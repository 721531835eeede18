/** What was waived at an event: dates that do not speak against its clock, in a whole column or at one place in it. */
import type { Event } from '../policies/data-map.ts'
import type { CompiledPolicy } from './compiled.ts'
import { nearTable, tell, type Findings } from './plan-problem.ts'
import { knownColumn, type SettledKind, type SettledMap } from './settled-map.ts'

interface Waived {
  readonly table: string
  readonly column: string
  /** As of a sign: ` $.last_login`, ` (meta_key = last_login)`; empty: the whole column. */
  readonly place: string
}

/** `table.column` and the place → the reason why it does not contradict this policy's clock. */
export function waivedOf(policy: CompiledPolicy): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(policy.clock.event.waived ?? {}).map(([path, reason]) => {
      const { table, column, place } = whatIsWaived(path, policy.table)
      return [`${table}.${column}${place}`, reason]
    }),
  )
}

/** Names under which a sign can be waived: its column, and its place in it. */
export function waivable(sign: {
  readonly table: string
  readonly column: string
  readonly place?: string | undefined
}): readonly string[] {
  const column = `${sign.table}.${sign.column}`
  return sign.place === undefined ? [column] : [column, `${column}${sign.place}`]
}

/** A waiver for a column that does not exist would look like a decision and be none. */
export function checkWaived(
  { schema }: SettledMap,
  root: SettledKind,
  event: Event,
  findings: Findings,
): void {
  for (const path of Object.keys(event.waived ?? {})) {
    const { table: name, column, place } = whatIsWaived(path, root.table.name)
    const table = schema.get(name)
    const [, key] = /^ \((\S+) = /.exec(place) ?? []
    if (table === undefined)
      tell(findings, 'E_UNKNOWN_TABLE', { table: name, params: nearTable(name, schema.keys()) })
    else for (const one of key === undefined ? [column] : [column, key]) knownColumn(table, one, findings)
  }
}

/** `column` of the kind's own table, or `table.column`, with the place behind a blank. */
export function whatIsWaived(path: string, own: string): Waived {
  const [name = path] = path.split(' ')
  const place = path.slice(name.length)
  const dot = name.lastIndexOf('.')
  return { table: dot < 0 ? own : name.slice(0, dot), column: name.slice(dot + 1), place }
}
