/** Mails that came back while this database was not looked at: of which of them it has to be told. Pure. */
import type { Instant } from '../base/clock.ts'
import type { WarningFact } from './facts.ts'

/** A mail that came back or was answered, as it is known outside. */
export interface Returned {
  readonly round: number
  readonly step: number
  /** When it was; rounded down to the minute. */
  readonly at: Instant
}

type Mail = Pick<WarningFact, 'round' | 'step' | 'state' | 'queuedAt' | 'acceptedAt'>

/** The ledger tells times by the minute. */
const minute = 60_000

/**
 * Those that stand or wait here, and those that are unknown here where a mail of the same silence stands from before:
 * with them the latest that was heard is that a mail did not arrive, and a new round begins by itself. The mails
 * beside them stay as they are, because the days that they named hold. What left later from their place is another
 * mail. `mails`: of one silence.
 */
export function unheardOf<T extends Returned>(mails: readonly Mail[], returned: readonly T[]): readonly T[] {
  return returned.filter(({ round, step, at }) => {
    const isFromBefore = (mail: Mail): boolean => leftAt(mail) < at + minute
    const here = mails.find((mail) => mail.round === round && mail.step === step)
    return here === undefined
      ? mails.some((mail) => mail.state === 'accepted' && isFromBefore(mail))
      : counting.has(here.state) && isFromBefore(here)
  })
}

const counting: ReadonlySet<WarningFact['state']> = new Set(['open', 'unknown', 'accepted'])

function leftAt({ queuedAt, acceptedAt }: Mail): Instant {
  return acceptedAt ?? queuedAt
}
