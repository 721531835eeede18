/**
 * How Oubli is told to go fast or gently: the part of the settings file that a contender gets beside the
 * rest. Null: this version cannot be told so, and what needs it is printed as not measured.
 */

export type Pace = 'full speed' | 'commits of 200' | 'gentle' | 'two writers'

export const paces: Readonly<Record<Pace, Readonly<Record<string, unknown>> | null>> = {
  /** Commits of 1,000 rows or 200 people, one writer, no pause. */
  'full speed': {},
  'commits of 200': null,
  /** As installed. */
  gentle: {},
  'two writers': null,
}

/** As many mails as the relay takes: the highest rate that the settings allow. */
export const fastestMail = { per_minute: 10_000 }

/** What the data map says under a kind whose table is partitioned by its date; null: it cannot say so. */
export const partitioned: string | null = null

/** Rows of one commit, for the contenders that can be told. */
export const commitSize = 1000
