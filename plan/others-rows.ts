/** Rows of other people that the server would delete or empty along with rows of who leaves. */
import type { Closing, Member } from './closure.ts'
import type { Step } from './compiled.ts'
import { besideStub } from './reference-stubs.ts'
import type { ForeignKey, Table } from './site-schema.ts'
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
  return !isOfOneOwner(leaving, target, key)
}

function isOfOneOwner(leaving: readonly Member[], target: Step, key: ForeignKey): boolean {
  return leaving.some(({ step }) => step === null || haveOneOwner(step, target, key))
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

export function stubBeside(
  { map }: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  leaving: readonly Member[],
): string {
  const owner = leaving.find(({ step }) => step?.then.act === 'archive') ?? leaving[0]
  const archive = owner?.step?.then.act === 'archive' ? owner.settled.kind.archive : null
  const name = owner?.settled.kind.name ?? table.name
  return besideStub(map.dataMap.kinds, target.settled.kind.name, table, key, name, archive)
}

/**
 * What helps where an archive copies what a rule would empty, beside a smaller archive. Nothing where the policy's own
 * rows are emptied, which are written last, or rows that refer to their own table: without the rule they are a ring.
 * Without it, a row of somebody else that leads there goes along, or keeps the other from going.
 */
export function insteadOfDetach(
  closing: Closing,
  target: Member,
  table: Table,
  key: ForeignKey,
  name: string,
  here: readonly Member[],
): { readonly spare: string; readonly stub: string } {
  const leaving = here.filter((member) => member.goes)
  const { step, settled } = target
  const isOwn = step === null || table.name === settled.table.name || leaving.some((one) => one.step === null)
  if (isOwn) return { spare: '', stub: '' }
  if (key.onDelete === 'set null' || isOfOneOwner(leaving, step, key)) return { spare: name, stub: '' }
  return { spare: '', stub: stubBeside(closing, target, table, key, leaving) }
}
