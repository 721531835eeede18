/** Whether every active hold still protects somebody. */
import { holdNames } from '../plan/lost-holds.ts'
import type { JobContext } from './context.ts'
import type { Check } from './doctor.ts'
import { lostHolds } from './lost-holds.ts'
import type { Prepared } from './prepare.ts'

export async function holdCheck(ctx: JobContext, prepared: Prepared): Promise<Check> {
  const lost = await lostHolds(ctx, prepared, prepared.plan.policies, true)
  const name = 'holds'
  if (lost.length === 0) return { name, result: 'ok', text: 'each active hold finds its row' }
  return {
    name,
    result: 'refused',
    text:
      `${lost.length} protect(s) nobody: ${holdNames(lost)}. The data map has no such kind, or not as the database has it, or no row has their key any more. ` +
      '`oubli hold add` for the same person, then `oubli hold release ID`; if the site deleted the person, release it',
  }
}
