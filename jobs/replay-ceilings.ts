/** Refuses a replay that would take more people than the policies let, until a person has said their number. */
import { OubliError } from '../base/errors.ts'
import type { Above } from '../plan/replay-ceilings.ts'
import type { ReplayReport } from './replay-look.ts'

/** Why a replay stops on the way. */
export const tooManyGo = 'more people go again than may'

/** Throws a `refused` error. */
export function refuseAbove({ above, going }: Pick<ReplayReport, 'above' | 'going'>): void {
  if (above.length === 0) return
  const remedy = above.some(({ kind }) => kind === 'canary')
    ? 'Nothing was changed. A canary never went: the ledger or the data map is wrong. Bring the evidence folder back from its newest copy, and ask who could write to it; no number lets this pass.'
    : `Nothing was changed. See whether this is the right backup, and whether \`oubli replay\` shows what you expect. If all of them are to go again, say their number: oubli replay --confirm --at-most ${going}`
  throw new OubliError('refused', 'E_REPLAY_CEILING', above.map(sentence).join('; '), remedy)
}

function sentence({ policy, kind, found, limit, population, percent }: Above): string {
  switch (kind) {
    case 'share':
      return `${policy}: expected at most ${limit} people who go again (${percent} % of ${population}, stop_above), found ${found}`
    case 'count':
      return `${policy}: expected at most ${limit} people who go again (stop_above), found ${found}`
    case 'canary':
      return `${policy}: expected no canary among those who go again, found ${found}`
    case 'number':
      return `--at-most: expected at most ${limit} people who go again, found ${found}`
  }
}
