import type { DeliverySummary } from '../mail/deliver.ts'

/** What became of the mails of one delivery. */
export function deliveryLine(summary: DeliverySummary): string {
  const { accepted, deferred, rejected, unknown, abandoned } = summary
  const late = abandoned > 0 ? `, ${abandoned} given up` : ''
  return `mail: ${accepted} accepted, ${deferred} deferred, ${rejected} refused, ${unknown} unknown${late}`
}
