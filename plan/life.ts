/** The life of a subject under one policy: its states, and every way from one to the next. */
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'

export const lifeStates = [
  'active', // its clock runs
  'silent', // a warning is wanted, none has been accepted yet
  'warned', // a warning was accepted, its day has not come
  'due', // may be erased now
  'erased',
  'returned', // a sign of life came after a warning
  'held', // a hold, a restriction, a state or an exception keeps it
  'unreachable', // its address refused mail on several days
  'set aside', // for a person to look at
] as const
export type LifeState = (typeof lifeStates)[number]

const arrows: Readonly<Record<LifeState, readonly LifeState[]>> = {
  active: [
    'silent', // the window for warnings opens
    'due', // the term ends under a policy that does not warn
    'held', // a hold is set, or another rule begins to keep it
    'set aside', // its clock becomes unbelievable, or it has no address
  ],
  silent: [
    'warned', // the first mail is accepted
    'unreachable', // refused on enough different days
    'due', // its address was taken away, and the policy erases without one
    'active', // a sign of life before any mail was written, or a longer term
    'returned', // a sign of life while a mail was on its way
    'held', // a hold, restriction, state or exception
    'set aside', // no valid address any more, mails that other servers gave up, or an unbelievable clock
  ],
  warned: [
    'due', // the announced day has come
    'returned', // a sign of life, or a longer term: the warning is void at once, or after its day
    'silent', // another address, other terms, a bounce, or too late to act on: warn anew
    'unreachable', // bounces on enough different days
    'held', // a hold, restriction, state or exception
    'set aside', // the address is gone or invalid, reminders were given up, or the clock became unbelievable
  ],
  due: [
    'erased', // the transaction committed
    'returned', // a sign of life before the lock
    'active', // the same under a policy that does not warn, or a longer term
    'silent', // the warning grew stale, or its address or terms changed: warn anew
    'unreachable', // a bounce came in at the last moment
    'held', // a hold, restriction, state or exception
    'set aside', // the address is gone, a mail was given up once more, or the clock became unbelievable
  ],
  erased: [], // nothing comes back; a restored backup is erased again by replay
  returned: [
    'active', // its warnings are cleared
    'silent', // silent again for a whole term
    'due', // the same, under a policy that no longer warns
    'held', // a hold, restriction, state or exception
    'set aside', // its clock became unbelievable, or its address is gone
  ],
  held: [
    'active', // released, and its clock runs
    'returned', // released, and a sign of life came after the warning
    'silent', // released in the window, or after its warning grew stale
    'warned', // released before the announced day
    'due', // released after the term, without a warning being needed or with one that still holds
    'unreachable', // released; its address is what it was
    'set aside', // released, but something else needs a person
  ],
  unreachable: [
    'due', // the waiting time is over, and the policy erases then
    'silent', // another address: warn it
    'returned', // a sign of life
    'held', // a hold, restriction, state or exception
    'set aside', // the address is gone, or the clock became unbelievable
  ],
  'set aside': [
    'active', // the value was corrected, and the clock runs
    'returned', // the same, after a warning
    'silent', // an address was found, or a newer silence is to be warned about
    'warned', // the value was corrected while a warning holds
    'due', // a person decided, or the value was corrected after the term
    'unreachable', // the value was corrected; the address is what it was
    'held', // a hold, restriction, state or exception
  ],
}

/** False for staying where one is: that is no step. */
export function mayGo(from: LifeState, to: LifeState): boolean {
  return arrows[from].includes(to)
}

/** Where a row stands by its latest judgement. Never `erased`: then there is no row left to judge. */
export function stateOf(decision: Decision, facts: Pick<Facts, 'warnings'>): LifeState {
  switch (decision.act) {
    case 'due':
      return 'due'
    case 'warn':
      return decision.step > 0 ? 'warned' : 'silent'
    case 'spare':
      return decision.canary ? 'set aside' : stateOfSpared(decision, facts)
  }
}

function stateOfSpared(
  decision: Extract<Decision, { act: 'spare' }>,
  facts: Pick<Facts, 'warnings'>,
): LifeState {
  switch (decision.reason) {
    case 'active':
    case 'kept on request':
      return facts.warnings.length > 0 ? 'returned' : 'active'
    case 'held':
    case 'restricted':
    case 'not while':
    case 'exception':
      return 'held'
    case 'warned, not yet due':
    case 'accepted, waiting for bounces':
      return 'warned'
    case 'warning on its way':
    case 'deferred for days':
    case 'our own fault':
      return isUnderWarning(facts) ? 'warned' : 'silent'
    case 'unreachable':
      return 'unreachable'
    case 'clock cannot be true':
    case 'no clock':
    case 'no address':
    case 'invalid address':
    case 'given up by other servers':
      return 'set aside'
  }
}

/** The latest mail follows another of its round that was accepted. */
function isUnderWarning(facts: Pick<Facts, 'warnings'>): boolean {
  const last = facts.warnings.at(-1)
  return facts.warnings.some(
    (mail) => mail.state === 'accepted' && mail.cycle === last?.cycle && mail.round === last.round,
  )
}
