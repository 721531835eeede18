/** A period as people write it. Civil: years, months, weeks and days are calendar units, never 365 or 30 days. */

export interface Period {
  readonly years: number
  readonly months: number
  readonly weeks: number
  readonly days: number
  /** Set only for periods of hours, which are exact and exclude the other units. */
  readonly hours: number
}
