/** How much a mail says. After a long silence the mailbox may be somebody else's. */
import type { Warn } from './policy.ts'

/**
 * full: name, months of the last use and of sign-up, what goes and what stays. bare: none of these. discreet: bare,
 * under a name and an address that do not tell which site it is.
 */
export const variants = ['full', 'bare', 'discreet'] as const
export type Variant = (typeof variants)[number]

export function variantOf(warn: Warn): Variant {
  return warn.variant ?? 'full'
}

/** Template of a variant: a discreet mail says what a bare one says, under another name. */
export function templateFor(template: string, variant: Variant): string {
  return variant === 'full' ? template : `${template}-bare`
}
