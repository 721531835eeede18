/** Every rule of every pack, in the order in which problems are reported. */
import { cnilRules } from './cnil.ts'
import { frCommerceRules } from './fr-commerce.ts'
import { gdprRules } from './gdpr.ts'
import type { PackRule } from './pack.ts'

export const packRules: readonly PackRule[] = [...gdprRules, ...cnilRules, ...frCommerceRules]
