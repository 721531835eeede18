/** How a policy began: the backup that was named when it first acted, and its pilots. */
import type { Instant } from '../base/clock.ts'
import { civilDate, startOfDay, type CivilDate } from '../plan/civil.ts'
import type { PilotFault } from '../plan/pilot.ts'
import { steadyBeside } from './view-backlog.ts'
import type { Voice } from './voice.ts'
import { sayOf } from './words.ts'

/** Said when an approval let the policy act for the first time. */
export interface FirstFacts {
  readonly at: Instant
  /** As declared; `none`: the reason why there is no backup. */
  readonly backup: { readonly taken: CivilDate; readonly keptUntil: CivilDate } | { readonly none: string }
  /** Whole days; 0: for ever; null: there is no binary log. */
  readonly binlogDays: number | null
  /** People erased since the day of the backup, as counted then, and as of the day of the file. */
  readonly comesBack: { readonly then: number; readonly now: number }
}

export interface PilotFacts {
  /** Of the run; it asks for the receipt. */
  readonly id: string
  readonly at: Instant
  /** The most that it was to do. */
  readonly size: number
  readonly done: number
  /** Null: it is clean. */
  readonly fault: PilotFault | null
  /** It ran under the terms of the file. */
  readonly theseTerms: boolean
}

/** What the page says beside it that a run did, or a pilot. */
export interface ToldRun {
  readonly id: string
  readonly at: Instant
  readonly rows: number
}

/** `runs`: those that the page lists. `parts`: all that it sums up. */
export function firstView(
  first: FirstFacts,
  asOf: Instant,
  voice: Voice,
  runs: readonly ToldRun[] = [],
  parts: readonly number[] = [],
) {
  return {
    approved: voice.say('d_firstOn', { day: voice.day(first.at) }),
    lines: [
      backupText(first, asOf, voice),
      binlogText(first, voice),
      ...restoreTexts(first, asOf, voice, runs, parts),
    ],
  }
}

function backupText({ backup }: FirstFacts, asOf: Instant, voice: Voice): string {
  if ('none' in backup) return voice.say('d_noBackup', { because: backup.none })
  const day = (date: CivilDate): string => voice.day(startOfDay(date, voice.zone))
  const said = voice.say('d_backup', { taken: day(backup.taken), until: day(backup.keptUntil) })
  return isOver(backup, asOf, voice) ? `${said} ${voice.say('d_backupOver')}` : said
}

function isOver({ keptUntil }: { readonly keptUntil: CivilDate }, asOf: Instant, { zone }: Voice): boolean {
  return civilDate(asOf, zone) > keptUntil
}

function binlogText({ binlogDays }: FirstFacts, { say, number }: Voice): string {
  if (binlogDays === null) return say('d_noBinlog')
  return binlogDays === 0 ? say('d_binlogEver') : say('d_binlog', { days: number(binlogDays) })
}

/**
 * Who went since is among those of today, beside those of then: a small run, or pilot, must not be the difference.
 */
function restoreTexts(
  { at, backup, comesBack }: FirstFacts,
  asOf: Instant,
  voice: Voice,
  runs: readonly ToldRun[],
  parts: readonly number[],
): readonly string[] {
  if ('none' in backup) return [voice.say('d_nothingBack')]
  const since = new Map(runs.filter((run) => run.at >= at).map(({ id, rows }) => [id, rows]))
  const then = voice.count(comesBack.then)
  const beside = [[...since.values()], parts].map((list) => [then, ...list.map((rows) => voice.count(rows))])
  const now = steadyBeside(beside, voice)(comesBack.now)
  return [
    voice.say('d_restoreThen', { count: voice.text(then) }),
    ...(isOver(backup, asOf, voice) ? [] : [voice.say('d_restoreNow', { count: voice.text(now) })]),
  ]
}

export function pilotView({ id, at, size, done, fault, theseTerms }: PilotFacts, voice: Voice) {
  return {
    at: voice.day(at),
    size: voice.number(size),
    done: voice.text(voice.count(done)),
    clean: fault === null,
    found: fault === null ? voice.say('pf_clean') : sayOf(voice.say, 'pf', fault),
    terms: theseTerms ? '' : voice.say('d_otherTerms'),
    id,
  }
}
