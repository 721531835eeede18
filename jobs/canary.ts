/** The mail to a mailbox of ours that ends each delivery: with the template of a real one, about nobody. */
import { checkAddress } from '../mail/address.ts'
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import type { MailToSend } from '../mail/transport.ts'
import { variantOf } from '../policies/variant.ts'
import type { JobContext } from './context.ts'
import { mailSender } from './mail-sender.ts'
import type { Prepared } from './prepare.ts'
import { previewMail } from './preview.ts'

/** Null: no canary is set, or no policy warns. */
export function canaryMail(
  ctx: JobContext,
  { dataMap, plan }: Pick<Prepared, 'dataMap' | 'plan'>,
): (() => Promise<MailToSend>) | null {
  const { canary, from, language } = ctx.settings.mail
  const policy = plan.policies.find(
    (one) => one.policy.status === 'enforce' && one.policy.warn !== null,
  )?.policy
  const address = canary === null ? null : checkAddress(canary)
  if (address?.ok !== true || from.address === null || policy?.warn == null) return null
  const sender = mailSender(ctx.settings.mail, dataMap.site, policy.id, variantOf(policy.warn))
  return async () => {
    const now = await ctx.now()
    const token = newToken(ctx.ports.random)
    const asked = { policy: policy.id, variant: null, last: false, lang: language }
    const { subject, text, html } = await previewMail(ctx.settings, asked, now)
    const message = await composeMail({
      ...sender,
      to: address.address,
      ...{ subject, text, html },
      messageId: messageIdOf(token, sender.from),
      date: now,
    })
    return { address: address.address, message, token }
  }
}
