/** Whether a mark of ours still says that a policy is done with somebody, or whether they came back since. Pure. */
import type { Instant } from '../base/clock.ts'
import { readClock } from './clock-reading.ts'
import type { CompiledPolicy } from './compiled.ts'
import { cutoff } from './deadline.ts'
import type { Facts } from './facts.ts'

/**
 * All who were done then had a clock that began before the cutoff of that run. One that begins later is a sign of
 * life; one that was set back, or whose rows left since, is none. What cannot be read is left to the judgement.
 */
export function isStillDone(
  { clock }: Pick<CompiledPolicy, 'clock'>,
  facts: Pick<Facts, 'readings' | 'else' | 'kept'>,
  doneAt: Instant,
): boolean {
  const { start, doubt } = readClock(clock, facts, Infinity)
  return start === null ? doubt === 'no clock' : start < cutoff(clock, doneAt)
}
