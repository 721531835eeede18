/**
 * Evidence of warnings: that one was accepted or failed, for which terms and which day. Of whom it holds a commitment
 * alone, whose salt is thrown away.
 */
import type { Instant } from '../base/clock.ts'
import { commitTo, keyFromText } from '../base/subject-ref.ts'
import { countText, minuteOf, newEntryId, type Entry } from '../audit/entry.ts'
import { putEntries } from '../engine/evidence.ts'
import type { LastMailEvidence, MailEvidence, RecordMail, WarningEvidence } from '../mail/settle.ts'
import { civilDate } from '../plan/civil.ts'
import type { JobContext } from './context.ts'

/** `run`: what the entries are filed under. `zone`: of the announced days. */
export function mailRecorder(ctx: JobContext, run: string, zone: string): RecordMail {
  return async (tx, at, evidence) => {
    const entries = evidence.flatMap((one) => entriesOf(ctx, one, at, zone))
    await putEntries(tx, { run, asOf: at }, entries)
  }
}

function entriesOf(ctx: JobContext, evidence: MailEvidence, at: Instant, zone: string): readonly Entry[] {
  if (evidence.kind === 'telling.ended') return [lastMailEntry(ctx, evidence, at)]
  const { policy, warning } = evidence
  // Where it is null the person is gone or back: there is no warning any more that could be proved.
  return warning === null ? [] : [warningEntry(ctx, policy, warning, at, zone)]
}

function lastMailEntry(
  ctx: JobContext,
  { policy, termsHash, how, count }: LastMailEvidence,
  at: Instant,
): Entry {
  return {
    v: '1',
    id: newEntryId(ctx.ports.random),
    kind: 'telling.ended',
    t: minuteOf(at),
    tool: ctx.ports.toolVersion,
    policy: { id: policy, terms: termsHash },
    how,
    count: countText(count),
  }
}

function warningEntry(
  ctx: JobContext,
  policy: string,
  warning: WarningEvidence,
  at: Instant,
  zone: string,
): Entry {
  // As of a hold: whoever ends a mail knows the key, and nothing else of the person.
  const subject = { kind: warning.kind, key: keyFromText(warning.keyText), identity: [] }
  const common = {
    v: '1',
    id: newEntryId(ctx.ports.random),
    t: minuteOf(at),
    tool: ctx.ports.toolVersion,
    policy: { id: policy, terms: warning.termsHash },
    // Fresh each time: two mails to one person cannot be linked through the log.
    subject: commitTo(subject, ctx.ports.random(32)).commitment,
    round: countText(warning.round),
    step: countText(warning.step),
  } as const
  return warning.state === 'accepted'
    ? { ...common, kind: 'warning.accepted', announced: civilDate(warning.announced, zone) }
    : { ...common, kind: 'warning.failed', why: warning.state }
}
