/**
 * How Oubli is told to go fast or gently: the part of the settings file that a contender gets beside the
 * rest. Null: this version cannot be told so, and what needs it is printed as not measured.
 */

export type Pace = 'full speed' | 'commits of 200' | 'gentle' | 'two writers'

const commitsOf = (rows: number) => ({
  rows_per_commit: { min: rows, max: rows },
  people_per_commit: { min: 200, max: 200 },
})

export const paces: Readonly<Record<Pace, Readonly<Record<string, unknown>> | null>> = {
  /** Commits of 1,000 rows or 200 people, one writer, no pause. */
  'full speed': { pace: { profile: 'full', ...commitsOf(1000) } },
  'commits of 200': { pace: { profile: 'full', ...commitsOf(200) } },
  /** As installed. */
  gentle: {},
  'two writers': { pace: { maintenance: 'daily 00:00-24:00', writers: 2, ...commitsOf(1000) } },
}

/** As many mails as the relay takes: the highest rate that the settings allow. */
export const fastestMail = { per_minute: 600_000 }

/** What the data map says under a kind whose table is partitioned by its date; null: it cannot say so. */
export const partitioned: string | null = '    partitions: drop\n'

/** Rows of one commit, for the contenders that can be told. */
export const commitSize = 1000
