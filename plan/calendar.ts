/**
 * The days to come of people who are to be warned or are warned: first mails, later mails, erasures, to the last.
 * Pure. It is a latest date for each of them: nobody comes back, no mail is refused, nobody new falls due.
 */
import type { Warn } from '../policies/policy.ts'
import type { DayNumber } from './day.ts'
import { daysUntilErasure } from './ladder.ts'
import {
  daysLookedAt,
  firstMailsToday,
  lastMailDays,
  lastMails,
  laterDays,
  type MailPast,
  type WarmUp,
} from './warm-up.ts'

export interface CalendarPolicy {
  readonly policy: string
  readonly warn: Warn
  /** To be told a first time now: those whose term is over, and those whose term ends within the ladder. */
  readonly overdue: number
  readonly upcoming: number
  /** Later mails that are due now. */
  readonly laterNow: number
  /** May be erased now. */
  readonly due: number
  readonly perRun: { readonly items: number; readonly mails: number }
  /** Told already, by the day that was named. */
  readonly told: readonly { readonly announced: DayNumber; readonly people: number }[]
}

export interface CalendarInput {
  readonly today: DayNumber
  readonly policies: readonly CalendarPolicy[]
  /** Null: no warm-up. */
  readonly warmUp: WarmUp | null
  readonly past: MailPast
  /** Days from today → the same or the next day on which people are warned, or erased. */
  readonly nextWarning: (ahead: number) => number
  readonly nextErasure: (ahead: number) => number
}

export interface CalendarDay {
  readonly day: DayNumber
  readonly first: number
  readonly later: number
  readonly erased: number
}

/** A pace so slow that nobody plans by it; the calendar ends there. Days. */
const furthest = 20 * 366

/** People who were told on one day. */
interface Cohort {
  /** Their term is over today, or may be: they were told before. */
  readonly overdue: boolean
  readonly announced: DayNumber
  people: number
  /** The day of the last mail that they got. */
  mailed: DayNumber
}

interface State extends Omit<CalendarPolicy, 'told'> {
  overdue: number
  upcoming: number
  due: number
  cohorts: Cohort[]
  /** The latest day so far on which somebody went whose term was over today. */
  lastOverdue: DayNumber
}

/** Days on which something happens, in order. */
export function calendar(input: CalendarInput): readonly CalendarDay[] {
  return walk(input).days
}

/** Policy → the day on which the last of those goes whose term is over today; null: that is out of sight. */
export function backlogEnds(input: CalendarInput): ReadonlyMap<string, DayNumber | null> {
  const { states } = walk(input)
  return new Map(states.map((one) => [one.policy, isBehind(one) ? null : one.lastOverdue]))
}

function walk(input: CalendarInput): {
  readonly days: readonly CalendarDay[]
  readonly states: readonly State[]
} {
  const { today, policies } = input
  const states = policies.map((one): State => ({
    ...one,
    cohorts: one.told.map((each): Cohort => ({ overdue: true, ...each, mailed: today })),
    lastOverdue: today,
  }))
  let past = input.past
  const days: CalendarDay[] = []
  for (let ahead = 0; ahead < furthest && states.some(isBusy); ahead += 1) {
    const warns = input.nextWarning(ahead) === ahead
    const later = states.map((one) =>
      warns ? remind(one, today + ahead, ahead === input.nextWarning(0)) : 0,
    )
    let told = 0
    if (warns)
      for (const [i, one] of states.entries()) {
        const waiting = past.waiting + sum(later) + told
        told += tellFirst(input, states, one, { ...past, waiting }, ahead, later[i] ?? 0)
      }
    const works = input.nextErasure(ahead) === ahead
    const gone = states.map((one) => (works ? erase(one, today + ahead) : 0))
    const last = sum(gone.filter((_, i) => states[i]?.warn.thenTell !== undefined))
    const day = { day: today + ahead, first: told, later: sum(later), erased: sum(gone) }
    if (day.first + day.later + day.erased > 0) days.push(day)
    past = nextDay(past, past.waiting + day.first + day.later + last)
  }
  return { days, states }
}

function isBusy(one: State): boolean {
  return one.overdue + one.upcoming + one.due > 0 || one.cohorts.length > 0
}

/** Of those whose term is over today somebody is still there. */
function isBehind(one: State): boolean {
  return one.overdue + one.due > 0 || one.cohorts.some(({ overdue }) => overdue)
}

/**
 * As the ladder: the latest step whose day has come since the last mail; never on the announced day itself. Of who
 * was told before today, the mails whose day has come are out, or are among those that are due now.
 */
function remind(one: State, day: DayNumber, isFirst: boolean): number {
  let mails = isFirst ? one.laterNow : 0
  for (const cohort of one.cohorts) {
    if (day >= cohort.announced) continue
    const isDue = one.warn.daysBefore.slice(1).some((days) => {
      const due = cohort.announced - days
      return due <= day && due > cohort.mailed
    })
    if (!isDue) continue
    mails += cohort.people
    cohort.mailed = day
  }
  return mails
}

function tellFirst(
  { today, warmUp, nextWarning, nextErasure }: CalendarInput,
  states: readonly State[],
  one: State,
  past: MailPast,
  ahead: number,
  later: number,
): number {
  const day = today + ahead
  const warning = (days: number): number => nextWarning(ahead + days) - ahead
  const erasure = (days: number): number => nextErasure(ahead + days) - ahead
  const follow = [...laterDays(one.warn).map(warning), ...lastMailDays(one.warn).map(erasure)]
  const room =
    warmUp === null
      ? Infinity
      : firstMailsToday(warmUp, past, promisedIn(states, day, warning, erasure), follow)
  const wanted = one.overdue + one.upcoming
  const mails = Math.min(wanted, Math.max(0, one.perRun.mails - later), room)
  const overdue = Math.min(mails, one.overdue)
  const upcoming = mails - overdue
  const noticed = day + daysUntilErasure(one.warn)
  const atLatest = Math.max(noticed, today + (one.warn.daysBefore[0] ?? 0))
  one.overdue -= overdue
  one.upcoming -= upcoming
  if (overdue > 0) one.cohorts.push({ overdue: true, announced: noticed, people: overdue, mailed: day })
  if (upcoming > 0) one.cohorts.push({ overdue: false, announced: atLatest, people: upcoming, mailed: day })
  return mails
}

function promisedIn(
  states: readonly State[],
  day: DayNumber,
  warning: (days: number) => number,
  erasure: (days: number) => number,
): (ahead: number) => number {
  const promised = new Map<number, number>()
  const add = (ahead: number, mails: number): unknown =>
    promised.set(ahead, (promised.get(ahead) ?? 0) + mails)
  for (const { warn, cohorts, due: now, perRun } of states) {
    for (const { announced, people } of cohorts)
      for (const days of warn.daysBefore.slice(1)) {
        const due = announced - days - day
        if (due > 0) add(warning(due), people)
      }
    if (warn.thenTell === undefined) continue
    const told = cohorts.map(({ announced, people }) => ({ ahead: announced - day, people }))
    for (const one of lastMails([{ ahead: 0, people: now }, ...told], perRun.items, erasure)) add(...one)
  }
  return (ahead) => promised.get(ahead) ?? 0
}

/** Who was told first goes first. */
function erase(one: State, day: DayNumber): number {
  let room = one.perRun.items
  const take = (people: number, overdue: boolean): number => {
    const taken = Math.min(people, room)
    room -= taken
    if (taken > 0 && overdue) one.lastOverdue = day
    return taken
  }
  one.due -= take(one.due, true)
  for (const cohort of one.cohorts)
    if (cohort.announced <= day) cohort.people -= take(cohort.people, cohort.overdue)
  one.cohorts = one.cohorts.filter(({ people }) => people > 0)
  return one.perRun.items - room
}

function nextDay(past: MailPast, left: number): MailPast {
  return {
    ...past,
    leftBefore: [past.leftToday + left, ...past.leftBefore].slice(0, daysLookedAt),
    leftToday: 0,
    waiting: 0,
    deferred: 0,
    failed: 0,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
