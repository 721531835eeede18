/** A step that only empties a reference. */
import type { Closing, Member } from './closure.ts'
import { needLinkIndex } from './compile-clock.ts'
import type { Step } from './compiled.ts'
import { joinOf } from './joins.ts'
import { columnOf, type ForeignKey, type Table } from './site-schema.ts'
import { pairsOf } from './tie.ts'

/** `named`: the steps among which its name has to be the only one. */
export function detachStep(
  closing: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  name: string,
  named: readonly Step[],
): Step {
  const join = joinOf(table, { columns: pairsOf(key), where: [], foreignKey: key }, target.settled.table)
  needLinkIndex(closing.map, join, closing.findings)
  const kind = Object.values(closing.map.dataMap.kinds).find((one) => one.table === table.name)
  const taken = named.some((step) => step.name === name)
  return {
    name: taken ? `${name} (${key.name})` : name,
    kind: kind?.name ?? null,
    table: table.name,
    key: table.primaryKey.map((column) => ({
      name: column,
      family: columnOf(table, column)?.family ?? 'other',
    })),
    from: target.step?.name ?? null,
    join,
    selfReference: null,
    nullFirst: [],
    then: { act: 'detach' },
  }
}
