/** The mail to a mailbox of ours that ends each delivery: with the template of a real one, about nobody. */
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import type { MailToSend } from '../mail/transport.ts'
import { checkAddress } from '../mail/address.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { previewWarning } from './preview.ts'

/** Null: no canary is set, or no policy warns. */
export function canaryMail(
  ctx: JobContext,
  { plan }: Pick<Prepared, 'plan'>,
): (() => Promise<MailToSend>) | null {
  const { canary, from, replyTo, language } = ctx.settings.mail
  const warns = plan.policies.find(({ policy }) => policy.status === 'enforce' && policy.warn !== null)
  const address = canary === null ? null : checkAddress(canary)
  if (address?.ok !== true || from.address === null || warns === undefined) return null
  const sender = { name: from.name ?? '', address: from.address }
  return async () => {
    const now = await ctx.now()
    const token = newToken(ctx.ports.random)
    const message = await composeMail({
      from: sender,
      replyTo: { name: sender.name, address: replyTo ?? sender.address },
      to: address.address,
      ...(await previewWarning(ctx.settings, warns.policy.id, language, now)),
      messageId: messageIdOf(token, sender),
      date: now,
    })
    return { address: address.address, message, token }
  }
}
