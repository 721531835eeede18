/** From whom a mail comes, and who reads an answer to it. */
import { OubliError } from '../base/errors.ts'
import type { MailSettings } from '../config/settings.ts'
import type { Mailbox } from '../mail/compose.ts'
import type { Site } from '../policies/data-map.ts'
import type { Variant } from '../policies/variant.ts'

export interface MailSender {
  readonly from: Mailbox
  readonly replyTo: Mailbox
}

/** A warning without a sender that can be answered would be read as fraud. Throws OubliError E_NO_SENDER. */
export function mailSender(mail: MailSettings, site: Site, policy: string, variant: Variant): MailSender {
  const { name, address } = mail.from
  // A discreet mail has another sender to be read; its bounces go to this one.
  if (address === null)
    throw new OubliError(
      'settings',
      'E_NO_SENDER',
      `${policy} warns people, but mail.from.address is not set`,
      'Write the address of a mailbox of your own domain, and reply_to if another one is read.',
    )
  if (variant === 'discreet' && site.discreet !== undefined) {
    const neutral = { name: site.discreet.name, address: site.discreet.contact }
    return { from: neutral, replyTo: neutral }
  }
  const from = { name: name ?? '', address }
  return { from, replyTo: { name: from.name, address: mail.replyTo ?? address } }
}
