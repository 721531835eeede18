/** Evidence of warnings: that one was accepted or failed, for which terms and which day; nothing about whom. */
import type { Instant } from '../base/clock.ts'
import { commitTo } from '../base/subject-ref.ts'
import { countText, minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { putEntry } from '../engine/evidence.ts'
import type { RecordMail } from '../mail/settle.ts'
import { civilDate } from '../plan/civil.ts'
import type { JobContext } from './context.ts'

/** `run`: what the entries are filed under. `zone`: of the announced days. */
export function mailRecorder(
  ctx: JobContext,
  run: string,
  zone: string,
  now: () => Promise<Instant>,
): RecordMail {
  return async (tx, { policy, warning }) => {
    // The person is gone or back: there is no warning any more that could be proved.
    if (warning === null) return
    const at = await now()
    const common = {
      v: '1',
      id: newEntryId(ctx.ports.random),
      t: minuteOf(at),
      tool: ctx.ports.toolVersion,
      policy: { id: policy, terms: warning.termsHash },
      // Fresh each time: two mails to one person cannot be linked through the log.
      subject: commitTo({ kind: policy, key: [], identity: [] }, ctx.ports.random(32)).commitment,
      round: countText(warning.round),
      step: countText(warning.step),
    } as const
    const entry: Entry =
      warning.state === 'accepted'
        ? { ...common, kind: 'warning.accepted', announced: civilDate(warning.announced, zone) }
        : { ...common, kind: 'warning.failed', why: warning.state }
    await putEntry(tx, { run, asOf: at }, entry)
  }
}
