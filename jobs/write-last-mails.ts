/** Renders what people are told after their erasure, while they are still there. */
import type { Instant } from '../base/clock.ts'
import type { LastMail } from '../db/own/last-mails.ts'
import type { EnginePorts } from '../engine/ports.ts'
import { checkAddress } from '../mail/address.ts'
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import { wasTold } from '../plan/told-people.ts'
import { variantOf, type Variant } from '../policies/variant.ts'
import { lastMailContext } from '../templates/last-mail.ts'
import { languageOf, renderMail, type RenderedMail } from '../templates/render.ts'
import type { JobContext } from './context.ts'
import { mailSender, type MailSender } from './mail-sender.ts'
import type { Prepared } from './prepare.ts'
import { warningWords } from './warning-words.ts'

const day = 86_400_000

/** For one policy; nothing where it tells nobody. Throws OubliError E_NO_SENDER before anybody is erased. */
export function lastMailsOf(
  ctx: JobContext,
  prepared: Prepared,
  policy: CompiledPolicy,
): Pick<EnginePorts, 'lastMails'> {
  const { id, warn } = policy.policy
  if (warn?.thenTell === undefined) return {}
  const { withinDays } = warn.thenTell
  const variant = variantOf(warn)
  const sender = mailSender(ctx.settings.mail, prepared.dataMap.site, id, variant)
  const render = renderer(ctx, prepared, policy, { variant, ...warn.thenTell })
  return {
    lastMails: async (_, leaving, at) => {
      const mails: LastMail[] = []
      for (const facts of leaving) {
        const check = checkAddress(facts.address ?? '')
        if (!check.ok || !wasTold(facts, id)) continue
        const mail = await addressed(ctx, sender, check.address, render(facts.locale, at), at)
        mails.push({ ...mail, policy: id, termsHash: policy.termsHash, giveUpAt: at + withinDays * day })
      }
      return mails
    },
  }
}

interface Telling {
  readonly variant: Variant
  readonly template: string
  readonly withinDays: number
}

/** Nothing in it is about one person, so that one text in each language does for all of them. */
function renderer(
  ctx: JobContext,
  { dataMap, policies, templates }: Prepared,
  { policy, clock }: CompiledPolicy,
  { variant, template, withinDays: within }: Telling,
) {
  const { site, controller } = dataMap
  const { stays } = warningWords(policy, dataMap, policies)
  const texts = new Map<string, RenderedMail>()
  return (locale: string | null, erased: Instant): RenderedMail => {
    const place = `${languageOf(locale) ?? 'both'} ${erased}`
    const known = texts.get(place)
    if (known !== undefined) return known
    const facts = { site, controller, variant, stays, erased, within }
    const mail = renderMail(templates, template, locale, ctx.settings.mail.language, (lang) =>
      lastMailContext(facts, lang, clock.zone),
    )
    texts.set(place, mail)
    return mail
  }
}

async function addressed(
  ctx: JobContext,
  sender: MailSender,
  address: string,
  rendered: RenderedMail,
  at: Instant,
): Promise<Omit<LastMail, 'policy' | 'termsHash' | 'giveUpAt'>> {
  const token = newToken(ctx.ports.random)
  const messageId = messageIdOf(token, sender.from)
  const message = await composeMail({ ...sender, ...rendered, to: address, messageId, date: at })
  return { id: newToken(ctx.ports.random), token, messageId, address, message, now: at, notBefore: at }
}
