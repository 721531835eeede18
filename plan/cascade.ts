/**
 * What leaves with a root, as steps in write order: first what is only detached, then leaves before parents;
 * the root itself comes last and is no step. Keys are found the other way round, by following `from` from the
 * root downwards, before anything is written: a ring that was opened can put a parent before its child.
 */
import type { Policy } from '../policies/policy.ts'
import { closeOver, type Closing } from './closure.ts'
import type { RootAct, Step } from './compiled.ts'
import { archivedBy, ownFate } from './fates.ts'
import { joinOf } from './joins.ts'
import { tell, type Findings } from './plan-problem.ts'
import { findReferences, type Need } from './references.ts'
import type { SettledKind, SettledMap } from './settled-map.ts'
import { columnOf } from './site-schema.ts'
import { orderSteps } from './step-order.ts'
import { pairsOf } from './tie.ts'

/** Empty for actions on fields: the row stays, and so does everything that hangs on it. */
export function cascade(
  map: SettledMap,
  root: SettledKind,
  policy: Policy,
  { act, only, clock }: Pick<Closing, 'only' | 'clock'> & { readonly act: RootAct | null },
  findings: Findings,
): readonly Step[] {
  const then = ownFate(act)
  const closing: Closing = { map, policy, then, only, clock, findings, members: [], used: new Set() }
  let steps: readonly Step[] = []
  if (policy.then === 'erase' || policy.then === 'archive') {
    closeOver(closing, root)
    const references = findReferences(closing)
    const rootNeeds = references.needs.filter((need) => need.from === null)
    const opened = rootNeeds.flatMap((need) => detachRoot(closing, root, need))
    const members = closing.members.flatMap(({ step }) => (step === null ? [] : [step]))
    const own = members.map((step) => ({ ...step, selfReference: references.self.get(step.name) ?? null }))
    const ordered = orderSteps(own, references.needs, map.schema, findings)
    steps = [...references.detach, ...opened, ...ordered]
  }
  for (const name of Object.keys(policy.but))
    if (!closing.used.has(name)) tell(findings, 'E_RULE_WITHOUT_EFFECT', { params: { name } })
  return steps
}

/** The root goes last, so its own reference to a row that goes with it closes a ring and is emptied first. */
function detachRoot(closing: Closing, root: SettledKind, need: Need): readonly Step[] {
  const { map, then, findings } = closing
  const { columns } = need.foreignKey
  const archived = archivedBy(then)
  const free = columns.every(
    (name) => columnOf(root.table, name)?.nullable === true && !archived.includes(name),
  )
  const label = `${root.kind.name}.${columns.join('+')}`
  if (!free) {
    const path = `${label} → ${need.to ?? ''} → ${root.kind.name}`
    tell(findings, 'E_CYCLE', { table: root.table.name, params: { path } })
    return []
  }
  const tie = { columns: pairsOf(need.foreignKey), where: [], foreignKey: need.foreignKey }
  return [
    {
      name: label,
      kind: root.kind.name,
      table: root.table.name,
      key: root.key,
      from: need.to,
      join: joinOf(root.table, tie, map.schema.get(need.foreignKey.toTable)),
      selfReference: null,
      nullFirst: [],
      then: { act: 'detach' },
    },
  ]
}
