/**
 * Finds the warnings that were sent since the backup, and takes them for sent again; and those that came back or
 * were answered since, which count no more.
 */
import type { Instant } from '../base/clock.ts'
import { keyText, mailReferenceOf, tombstoneOf } from '../base/subject-ref.ts'
import type { MailLine } from '../audit/ledger.ts'
import { takeBackRound } from '../db/own/sent-warnings.ts'
import type { WarningPlace } from '../db/own/warnings.ts'
import { lockRows } from '../db/site/rows.ts'
import { readFacts } from '../engine/read-rows.ts'
import { lookAhead, walk } from '../engine/walk.ts'
import { rememberSent, type SentWarning } from '../mail/remember.ts'
import { readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts, WarningFact } from '../plan/facts.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'

export interface MailsAgain {
  /** Mails of people who are here that were sent before, whether this database knows it or not. */
  readonly sent: number
  /** Of them, those that this database would have sent again. */
  readonly fresh: number
  /** Mails that stand here as accepted, and they or others of their round came back or were answered since: nobody may go on them. */
  readonly takenBack: number
  /** People on whose rows somebody works. */
  readonly busy: number
}

/** `write`: they are remembered; otherwise only counted. */
export async function mailsAgain(
  ctx: JobContext,
  prepared: Prepared,
  known: Known,
  now: Instant,
  write: boolean,
): Promise<MailsAgain> {
  const total = { sent: 0, fresh: 0, takenBack: 0, busy: 0 }
  if (known.mails.size === 0) return total
  for (const policy of prepared.plan.policies) {
    if (policy.policy.warn === null) continue
    for await (const page of walk(ctx.ports, policy, now, lookAhead(policy)))
      for (const { facts } of page) {
        const sent = sentTo(ctx, policy, facts, known, now)
        const fresh = sent.filter((mail) => !isKnown(facts, mail)).length
        const back = takenBackFrom(ctx, policy, facts, known, now).length
        total.sent += sent.length
        total.fresh += fresh
        total.takenBack += back
        if (write && fresh + back > 0 && !(await remember(ctx, policy, facts, known, now))) total.busy += 1
      }
  }
  return total
}

/** The very cycle and address that the person has here: anything else was said to somebody else's past. */
function placeOf(ctx: JobContext, policy: CompiledPolicy, facts: Facts, now: Instant) {
  const { start } = readClock(policy.clock, facts, now)
  const { addressHash } = facts
  if (start === null || addressHash === null) return null
  const place = {
    ...{ policy: policy.policy.id, kind: policy.kind, keyText: keyText(facts.key) },
    ...{ cycle: start, addressHash },
  }
  return { place, reference: mailReferenceOf(ctx.ports.secret, place) }
}

/** Of somebody who was put back, what was said before does not count, or they would go on it. */
function sentTo(
  ctx: JobContext,
  policy: CompiledPolicy,
  facts: Facts,
  known: Pick<Known, 'mails' | 'putBack'>,
  now: Instant,
): readonly SentWarning[] {
  const here = placeOf(ctx, policy, facts, now)
  if (here === null) return []
  const lines = known.mails.get(here.reference) ?? []
  const { kind } = policy
  const { key, identity } = facts
  const back =
    lines.length === 0 ? undefined : known.putBack.get(tombstoneOf(ctx.ports.secret, { kind, key, identity }))
  return lines
    .filter(({ at }) => back === undefined || at > back.at)
    .map((line) => ({ ...here.place, ...saidIn(line) }))
}

interface RoundBack extends Omit<WarningPlace, 'step'> {
  /** What was accepted before this moment counts no more. */
  readonly before: Instant
}

/** The ledger tells times by the minute. */
const minute = 60_000

/**
 * Rounds of which a mail came back: as for everybody who is judged, no earlier mail of the round is a notice then. What
 * was accepted later is.
 */
function roundsBack(
  ctx: JobContext,
  policy: CompiledPolicy,
  facts: Facts,
  known: Pick<Known, 'takenBack'>,
  now: Instant,
): readonly RoundBack[] {
  const here = placeOf(ctx, policy, facts, now)
  if (here === null) return []
  return (known.takenBack.get(here.reference) ?? []).map((line) => {
    const { round, at } = saidIn(line)
    return { ...here.place, round, before: at + minute }
  })
}

function takenBackFrom(
  ctx: JobContext,
  policy: CompiledPolicy,
  facts: Facts,
  known: Pick<Known, 'takenBack'>,
  now: Instant,
): readonly WarningFact[] {
  const back = roundsBack(ctx, policy, facts, known, now)
  return facts.warnings.filter((one) =>
    back.some(
      ({ cycle, round, before }) =>
        one.cycle === cycle &&
        one.round === round &&
        one.state === 'accepted' &&
        (one.acceptedAt ?? Infinity) < before,
    ),
  )
}

function saidIn({ round, step, terms, announced, at }: MailLine) {
  return {
    round: Number(round),
    step: Number(step),
    termsHash: terms,
    announced: Date.parse(announced),
    at: Date.parse(at),
  }
}

function isKnown({ warnings }: Facts, mail: SentWarning): boolean {
  return warnings.some((one) => isSameStep(one, mail) && one.state !== 'open' && one.state !== 'unknown')
}

type Step = Pick<WarningPlace, 'cycle' | 'round' | 'step'>

function isSameStep(one: Step, other: Step): boolean {
  return one.cycle === other.cycle && one.round === other.round && one.step === other.step
}

/** Read again with the row locked, as before a mail is written. False: somebody works on it. */
async function remember(
  ctx: JobContext,
  policy: CompiledPolicy,
  { key }: Facts,
  known: Known,
  now: Instant,
): Promise<boolean> {
  const outcome = await ctx.database.transaction(async (tx) => {
    const locked = await lockRows(tx, ctx.database.dialect, policy, [key], 'skip')
    for (const facts of await readFacts(ctx.ports, tx, policy, locked)) {
      for (const mail of sentTo(ctx, policy, facts, known, now))
        if (!isKnown(facts, mail)) await rememberSent(tx, mail)
      for (const { before, ...round } of roundsBack(ctx, policy, facts, known, now))
        await takeBackRound(tx, round, before, now)
    }
    return locked.length > 0
  })
  // What was rolled back is found by the next replay; what committed after all, it finds as known.
  return outcome.state === 'committed' && outcome.value
}
