/** What a mail can announce. Pure. */
import type { Action, Policy } from './policy.ts'

export type ToldAct = Extract<Action, 'erase' | 'anonymise' | 'archive'>

/** Null: only some columns change, and no mail has words for that. */
export function toldAct({ then, fields }: Pick<Policy, 'then' | 'fields'>): ToldAct | null {
  if (fields.length > 0) return null
  return then === 'erase' || then === 'anonymise' || then === 'archive' ? then : null
}
