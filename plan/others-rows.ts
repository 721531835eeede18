/** Rows of other people that the server would delete or empty along with rows of who leaves. */
import type { Member } from './closure.ts'
import type { Step } from './compiled.ts'
import type { ForeignKey } from './site-schema.ts'
import { pairsOf } from './tie.ts'

/**
 * `key` is no link of the kinds that leave, and leads from their table to what `target` takes. The server acts on
 * every row that leads there, whosever it is, and the plan finds only those of who leaves. Not so where the key holds
 * the very link by which both rows hang on the same one above; and the root's own reference is emptied in whatever row.
 * What a server only empties it empties by itself: a step of ours would move ON UPDATE CURRENT_TIMESTAMP in rows of
 * people who stay, and they would look active.
 */
export function actsOnOthers(leaving: readonly Member[], target: Step, key: ForeignKey): boolean {
  if (key.onDelete === 'restrict' || key.onDelete === 'set null') return false
  return !leaving.some(({ step }) => step === null || haveOneOwner(step, target, key))
}

/**
 * Two kinds of one table of which one is archived and the other erased: a row of both would go by whichever comes
 * first. Null where there are none, or where their constants keep them apart.
 */
export function archivedAndErased(
  members: readonly Member[],
): { readonly archived: Member; readonly erased: Member } | null {
  for (const archived of members.filter(({ step }) => step?.then.act === 'archive')) {
    const erased = members.find(
      ({ step }) =>
        step?.then.act === 'erase' && step.table === archived.step?.table && meet(step, archived.step),
    )
    if (erased !== undefined) return { archived, erased }
  }
  return null
}

/**
 * Two kinds of one table of which one is archived and the other stays and loses something that the archive copies: a row
 * of both would be copied empty. Null as above.
 */
export function archivedAndEmptied(
  members: readonly Member[],
): { readonly archived: Member; readonly emptied: Member; readonly columns: readonly string[] } | null {
  for (const archived of members) {
    const copied = archivedBy(archived.step)
    for (const emptied of copied.length === 0 ? [] : members) {
      const { step } = emptied
      if (step?.table !== archived.step?.table || step === null || archived.step === null) continue
      const columns = emptiedBy(step).filter((column) => copied.includes(column))
      if (columns.length > 0 && meet(step, archived.step)) return { archived, emptied, columns }
    }
  }
  return null
}

export function archivedBy(step: Step | null): readonly string[] {
  return step?.then.act === 'archive' ? step.then.columns.map(({ from }) => from) : []
}

function emptiedBy({ then, join }: Step): readonly string[] {
  switch (then.act) {
    case 'detach':
      return join.columns.map(({ own }) => own)
    case 'anonymise':
      return then.changes.map(({ column }) => column)
    case 'erase':
    case 'archive':
      return []
  }
}

function meet({ join: one }: Step, { join: other }: Step): boolean {
  return !one.where.some((own) =>
    other.where.some(({ column, value }) => column === own.column && value !== own.value),
  )
}

function haveOneOwner(own: Step, above: Step, key: ForeignKey): boolean {
  if (own.from !== above.from || own.join.where.length > 0) return false
  const pairs = pairsOf(key)
  return own.join.columns.every((link) =>
    above.join.columns.some(
      (other) =>
        other.parent === link.parent &&
        pairs.some((pair) => pair.own === link.own && pair.parent === other.own),
    ),
  )
}
