/** Which text is an address that a mail may go to. Strict: an address is accepted as it is or not at all. */
import { domainToASCII } from 'node:url'

export type AddressCheck = { readonly ok: true; readonly address: string } | { readonly ok: false }

const refused: AddressCheck = { ok: false }
const local = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Accepts `dot-atom@domain` and gives it in ASCII (the domain in punycode, in small letters; the local part
 * as it stands). At most 254 characters, 64 before the @, at least two labels, the last one not a number.
 * Quotes, comments, lists, white space and controls are refused and never repaired: mail libraries turn a
 * malformed address into another recipient, and a warning is no use to a stranger.
 */
export function checkAddress(text: string): AddressCheck {
  if (text.length > 254) return refused
  const at = text.indexOf('@')
  if (at < 1 || at > 64 || at !== text.lastIndexOf('@')) return refused
  if (!local.test(text.slice(0, at))) return refused
  const domain = asciiDomain(text.slice(at + 1))
  if (domain === null) return refused
  const address = `${text.slice(0, at)}@${domain}`
  return address.length > 254 ? refused : { ok: true, address }
}

function asciiDomain(text: string): string | null {
  // domainToASCII also decodes percent signs and reads numbers as IP addresses: neither reaches it.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return null
  const domain = domainToASCII(text)
  const labels = domain.split('.')
  const last = labels.at(-1) ?? ''
  if (labels.length < 2 || !labels.every((one) => label.test(one)) || !/[a-z]/.test(last)) return null
  return /^\d+(?:\.\d+){3}$/.test(domain) ? null : domain
}
