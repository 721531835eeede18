/** Renders one warning into the bytes that are queued. */
import type { Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import { checkAddress } from '../mail/address.ts'
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import type { QueuedWarning } from '../mail/warnings.ts'
import { elseAt, readClock } from '../plan/clock-reading.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Decision } from '../plan/decision.ts'
import { earlierMessage } from '../plan/earlier-message.ts'
import type { Facts } from '../plan/facts.ts'
import { templateFor, variantOf } from '../policies/variant.ts'
import { warningContext, type WarningFacts } from '../templates/context.ts'
import { renderMail } from '../templates/render.ts'
import type { JobContext } from './context.ts'
import { mailSender } from './mail-sender.ts'
import type { Prepared } from './prepare.ts'
import { warningWords } from './warning-words.ts'

/** Retries of one mail end this long after it was queued; the ladder leaves room for them. Milliseconds. */
const retryFor = 5 * 86_400_000

type WarnDecision = Extract<Decision, { readonly act: 'warn' }>

export async function writeWarning(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
  facts: Facts,
  decision: WarnDecision,
  now: Instant,
): Promise<QueuedWarning> {
  const { warn } = policy.policy
  const address = facts.address === null ? null : checkAddress(facts.address)
  if (warn === null || facts.addressHash === null || address === null || !address.ok)
    throw new Error('only a person with a valid address is warned')
  const { mail } = ctx.settings
  const sender = mailSender(mail, prepared.dataMap.site, policy.policy.id, variantOf(warn))
  const zone = policy.clock.zone
  const told = warningFacts(prepared, policy, facts, decision, now)
  const template = templateFor(warn.template, told.variant)
  const rendered = renderMail(prepared.templates, template, facts.locale, mail.language, (lang) =>
    warningContext(told, lang, zone),
  )
  const token = newToken(ctx.ports.random)
  const messageId = messageIdOf(token, sender.from)
  const message = await composeMail({
    ...sender,
    to: address.address,
    ...rendered,
    messageId,
    date: now,
  })
  return {
    campaign: policy.policy.id,
    policy: policy.policy.id,
    kind: policy.kind,
    keyText: keyText(facts.key),
    token,
    messageId,
    address: address.address,
    message,
    now,
    notBefore: now,
    // A reminder that comes after its day would name a date that is past.
    giveUpAt: Math.min(now + retryFor, decision.announced),
    cycle: decision.start,
    round: decision.round,
    step: decision.step,
    addressHash: facts.addressHash,
    termsHash: policy.termsHash,
    announced: decision.announced,
  }
}

function warningFacts(
  prepared: Prepared,
  policy: CompiledPolicy,
  facts: Facts,
  decision: WarnDecision,
  now: Instant,
): WarningFacts {
  const { dataMap } = prepared
  const { warn } = policy.policy
  if (warn === null) throw new Error('only a policy that warns has words for it')
  // A request to stay is no sign-in.
  const signedIn = readClock(policy.clock, { ...facts, kept: [] }, now)
  return {
    site: dataMap.site,
    controller: dataMap.controller,
    variant: variantOf(warn),
    name: facts.name,
    announced: decision.announced,
    earlier: earlierMessage(facts.warnings, {
      policy: policy.policy.id,
      addressHash: facts.addressHash,
    }),
    lastSignIn: signedIn.byElse ? null : signedIn.start,
    signedUp: elseAt(policy.clock, facts.else, now),
    unusedFor: policy.clock.period,
    ...warningWords(policy.policy, dataMap, prepared.policies),
    step: decision.step,
    lastStep: decision.step === warn.daysBefore.length - 1,
    thenTellWithin: warn.thenTell?.withinDays ?? null,
  }
}
