/**
 * Two kinds of one table, or the policy's own and one below it, of which a row can be both. It goes by whichever comes
 * first, and that is decided by where a batch ends; so what becomes of it, and what an archive keeps, must be the same.
 */
import type { Closing } from './closure.ts'
import type { StepAct } from './compiled.ts'
import { archivedBy, changedBy, fatesIn, firstPair, type Fate } from './fates.ts'
import { tell } from './plan-problem.ts'

export function refuseTwoActs(closing: Closing): void {
  const { findings } = closing
  const all = fatesIn(closing)
  const archived = all.filter(({ then }) => then.act === 'archive')
  const lost = firstPair(archived, all, (_, { then }) => then.act === 'erase')
  if (lost !== null) {
    const [kept, erased] = lost
    const rule = erased.isRoot ? 'then: archive' : `but: { ${erased.kind}: archive }`
    const params = { archived: kept.kind, erased: erased.kind, rule }
    tell(findings, 'E_TWO_ACTS', { table: kept.table, params })
  }
  const empty = firstPair(archived, all, (one, other) => emptiedOf(one, other).length > 0)
  if (empty !== null) {
    const [kept, emptied] = empty
    const params = { archived: kept.kind, emptied: emptied.kind }
    const column = emptiedOf(kept, emptied).join(', ')
    tell(findings, 'E_ARCHIVED_EMPTIED', { table: kept.table, column, params })
  }
  const other = firstPair(archived, archived, (one, two) => archiveText(one.then) !== archiveText(two.then))
  if (other !== null) {
    const [kept, second] = other
    tell(findings, 'E_TWO_ARCHIVES', {
      table: kept.table,
      params: { archived: kept.kind, other: second.kind },
    })
  }
}

/** A kind whose archive copies one of these columns of the table; null where none does. */
export function copyingKind(closing: Closing, table: string, columns: readonly string[]): string | null {
  const copies = ({ then }: Fate) => archivedBy(then).some((column) => columns.includes(column))
  return fatesIn(closing).find((fate) => fate.table === table && copies(fate))?.kind ?? null
}

function emptiedOf({ then }: Fate, other: Fate): readonly string[] {
  const copied = archivedBy(then)
  return changedBy(other).filter((column) => copied.includes(column))
}

function archiveText(then: StepAct): string {
  if (then.act !== 'archive') return ''
  return JSON.stringify([then.into, then.columns.map(({ to, from }) => JSON.stringify([to, from])).sort()])
}
