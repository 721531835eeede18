/** How long the person of an erasure can be given a receipt. */
import type { Instant } from '../base/clock.ts'
import type { CompiledPolicy } from './compiled.ts'
import { dueFrom } from './deadline.ts'

/** Later instants do not sort as text. */
export const lastInstant = Date.UTC(9999, 11, 31)

/** The first instant at which nobody can be given one any more; null: the policy gives none. */
export function receiptsEnd(
  { policy: { receipts }, clock: { zone } }: Pick<CompiledPolicy, 'policy' | 'clock'>,
  erased: Instant,
): Instant | null {
  if (receipts === undefined) return null
  const end = dueFrom({ period: receipts, ends: 'next day', fiscalYearEnds: null, zone }, erased)
  return Math.min(end, lastInstant)
}
