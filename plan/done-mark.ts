/** Whether a mark of ours still says that a policy is done with somebody, or whether they came back since. Pure. */
import type { Instant } from '../base/clock.ts'
import { readClock } from './clock-reading.ts'
import type { CompiledClock, CompiledPolicy } from './compiled.ts'
import { cutoff } from './deadline.ts'
import type { Facts } from './facts.ts'

export interface DoneMark {
  /** `now` of the run that set it. */
  readonly at: Instant
  /** What each source of the clock said behind the act, and `else` at the end; null where it was not written down. */
  readonly clock: readonly (string | null)[] | null
}

/** Signs of life are brought in late: by an import, by an app that was offline. */
const importedLate = 30 * 86_400_000

/**
 * Who came back has a clock that went on since the act, and further than to what was due then. One that was set back,
 * or whose rows left since, is no sign of life; nor is the start of then under a term that was lengthened since, which
 * would not be due yet by the term of today. Where the mark does not say how the clock stood, the clock must have come
 * near to the act or behind it: a longer term alone does not move it. What cannot be read is left to the judgement.
 */
export function isStillDone(
  { clock }: Pick<CompiledPolicy, 'clock'>,
  facts: Pick<Facts, 'readings' | 'else' | 'kept'>,
  mark: DoneMark,
): boolean {
  const { start, doubt } = readClock(clock, facts, Infinity)
  if (start === null) return doubt === 'no clock'
  if (start < cutoff(clock, mark.at)) return true
  const before = startBehindAct(clock, facts, mark)
  return before === null ? start < mark.at - importedLate : start <= before
}

/** Null: the mark does not say it, or says it of a clock of other sources. */
function startBehindAct(
  clock: CompiledClock,
  { kept = [] }: Pick<Facts, 'kept'>,
  { at, clock: texts }: DoneMark,
): Instant | null {
  if (texts?.length !== clock.sources.length + (clock.else === null ? 0 : 1)) return null
  const then = {
    readings: clock.sources.map((_, i) => ({ earliest: texts[i] ?? null, latest: texts[i] ?? null })),
    else: clock.else === null ? null : (texts.at(-1) ?? null),
    // Who asked to stay behind the act came back by it.
    kept: kept.filter((asked) => asked <= at),
  }
  return readClock(clock, then, Infinity).start
}
