/** What a pilot hands over: a sentence for each thing done, then the receipt of the whole. */
import { checkReceipt } from '../audit/receipt.ts'
import { sizeAfter } from '../plan/pilot.ts'
import { dueLeft } from '../jobs/leftover.ts'
import type { PilotReport } from '../jobs/pilot.ts'
import type { Language } from '../policies/problem.ts'
import { receiptLines } from './receipt-lines.ts'
import { roadLines } from './road.ts'
import { number } from './table.ts'
import { words } from './words.ts'

export function pilotLines(told: PilotReport, lang: Language): readonly string[] {
  const { entries, receipts, receipt, size } = told
  const [policy = ''] = told.run.policies.map((one) => one.planned.policy.policy.id)
  const after = sizeAfter(size)
  const more = entries.length - receipts.length
  const asked = told.run.policies.every(({ outcome }) => outcome === null || outcome.again !== null)
  const short = told.run.policies.some((one) => (one.outcome?.done ?? 0) < size && dueLeft(one) > 0)
  const clean = told.exit === 0 && entries.length > 0 && asked && !short
  return [
    ...receipts.flatMap((text, i) => [
      `${entries[i] ?? ''}  ${receiptLines(checkReceipt(text, null), lang)[0] ?? ''}`,
    ]),
    ...(more > 0
      ? [words(lang, '{count} more, counted in the receipt of the run.', { count: number(more, lang) })]
      : []),
    ...(receipts.length > 0 ? [words(lang, 'The receipt of one: oubli audit receipt ID. Of this run:')] : []),
    ...(receipt === null || receipts.length === 0 ? [] : ['', receipt.trimEnd(), '']),
    ...(entries.length > 0 ? roadLines('piloted', lang) : []),
    ...(clean
      ? [
          after === null
            ? words(lang, 'Next: a whole run.')
            : words(lang, 'Next: oubli run --policy {policy} --pilot {size}', {
                policy,
                size: String(after),
              }),
        ]
      : []),
    `why stopped: ${told.whyStopped}`,
  ]
}

export function pilotJson({ size, evidence, entries, receipt, exit, whyStopped }: PilotReport): object {
  return { pilot: { size, evidence, entries, receipt }, exit, why_stopped: whyStopped }
}
