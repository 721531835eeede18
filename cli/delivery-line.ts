import type { DeliverySummary } from '../mail/deliver.ts'
import type { Language } from '../policies/problem.ts'
import { words } from './words.ts'

/** What became of the mails of one delivery. */
export function deliveryLine(
  { accepted, deferred, rejected, unknown, abandoned }: DeliverySummary,
  lang: Language,
): string {
  return words(
    lang,
    'mail: {accepted} accepted, {deferred} deferred, {refused} refused, {unknown} unknown[[, {late} given up]]',
    {
      accepted: String(accepted),
      deferred: String(deferred),
      refused: String(rejected),
      unknown: String(unknown),
      late: abandoned === 0 ? '' : String(abandoned),
    },
  )
}
