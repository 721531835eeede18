/**
 * Finds the warnings that were sent since the backup, and takes them for sent again; and those that came back or
 * were answered since, which count no more.
 */
import type { Instant } from '../base/clock.ts'
import { keyText, mailReferenceOf, tombstoneOf } from '../base/subject-ref.ts'
import type { MailLine } from '../audit/ledger.ts'
import type { WarningPlace } from '../db/own/warnings.ts'
import { lockRows } from '../db/site/rows.ts'
import { readFacts } from '../engine/read-rows.ts'
import { lookAhead, walk } from '../engine/walk.ts'
import { rememberReturned, rememberSent, type SentWarning } from '../mail/remember.ts'
import { readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Facts } from '../plan/facts.ts'
import { unheardOf } from '../plan/returned.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import type { Known } from './replay-ledger.ts'

export interface MailsAgain {
  /** Mails of people who are here that were sent before, whether this database knows it or not. */
  readonly sent: number
  /** Of them, those that this database would have sent again. */
  readonly fresh: number
  /** Mails that came back or were answered, and of which this database does not know it: nobody may go on them. */
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
        const { sent, fresh, back } = heardOf(ctx, policy, facts, known, now)
        total.sent += sent.length
        total.fresh += fresh.length
        total.takenBack += back.length
        const news = fresh.length + back.length
        if (write && news > 0 && !(await remember(ctx, policy, facts, known, now))) total.busy += 1
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

interface Heard {
  /** That a relay accepted and that did not come back. */
  readonly sent: readonly SentWarning[]
  /** Of them, those that this database would have sent again. */
  readonly fresh: readonly SentWarning[]
  /** That came back or were answered, and count here all the same; `at`: when they were. */
  readonly back: readonly SentWarning[]
}

/** Of somebody who was put back, what was said before does not count, or they would go on it. */
function heardOf(
  ctx: JobContext,
  policy: CompiledPolicy,
  facts: Facts,
  known: Pick<Known, 'mails' | 'takenBack' | 'putBack'>,
  now: Instant,
): Heard {
  const here = placeOf(ctx, policy, facts, now)
  if (here === null) return { sent: [], fresh: [], back: [] }
  const said = (line: MailLine): SentWarning => ({ ...here.place, ...saidIn(line) })
  const lines = known.mails.get(here.reference) ?? []
  const { kind } = policy
  const { key, identity } = facts
  const putBack =
    lines.length === 0 ? undefined : known.putBack.get(tombstoneOf(ctx.ports.secret, { kind, key, identity }))
  const sent = lines.filter(({ at }) => putBack === undefined || at > putBack.at).map(said)
  const fresh = sent.filter((mail) => !isKnown(facts, mail))
  const remembered = fresh.map((mail) => ({
    ...mail,
    ...({ state: 'accepted', queuedAt: mail.at, acceptedAt: mail.at } as const),
  }))
  const silence = facts.warnings.filter(({ cycle }) => cycle === here.place.cycle)
  const returned = (known.takenBack.get(here.reference) ?? []).map(said)
  return { sent, fresh, back: unheardOf([...remembered, ...silence], returned) }
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
      const { fresh, back } = heardOf(ctx, policy, facts, known, now)
      for (const mail of fresh) await rememberSent(tx, mail)
      for (const mail of back) await rememberReturned(tx, mail)
    }
    return locked.length > 0
  })
  // What was rolled back is found by the next replay; what committed after all, it finds as known.
  return outcome.state === 'committed' && outcome.value
}
