/** The key that signs, or the sentence that says how to get one. */
import type { SigningKey } from '../audit/keys.ts'
import { OubliError } from '../base/errors.ts'
import type { JobContext } from './context.ts'

/** Nothing is erased that could not be proved afterwards. */
export function requireKey(ctx: Pick<JobContext, 'signingKey'>): SigningKey {
  if (ctx.signingKey !== null) return ctx.signingKey
  throw new OubliError(
    'settings',
    'E_NO_SIGNING_KEY',
    'evidence.signing_key_file does not exist, so nothing could be proved',
    'Run `oubli migrate`, which makes it, and keep a copy off this host.',
  )
}
