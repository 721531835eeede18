/**
 * How many first mails may leave today while a relay gets used to them. Pure. Whoever got a first mail has to get
 * the later ones in time, and whoever was erased was promised the last one, whose address waits for it: those come
 * first and are never held back. First mails get what is left of today and leave room for what follows them.
 */

import type { Warn } from '../policies/policy.ts'
import { daysUntilErasure } from './ladder.ts'

export interface WarmUp {
  /** Mails on the first day, and at least on any later one. */
  readonly firstDay: number
  readonly growth: number
  readonly dailyCap: number
  readonly pauseAbove: { readonly hardBouncesPercent: number; readonly deferralsPercent: number }
}

/** What the database knows of mails of every policy and step. */
export interface MailPast {
  /** Left on each of the days before today that are looked at. */
  readonly leftBefore: readonly number[]
  readonly leftToday: number
  /** In the outbox now. */
  readonly waiting: number
  /** Of them, put off by an answer. */
  readonly deferred: number
  /** Refused for good or come back, in the same days and today. */
  readonly failed: number
}

/** Days before today that are looked at. */
export const daysLookedAt = 7

/** A share of fewer mails says nothing. */
const leastForAShare = 50

export type WarmUpPause = 'hard bounces' | 'deferrals'

/** Mails of all steps that today may bring. */
export function mailsToday(terms: WarmUp, leftBefore: readonly number[]): number {
  const best = Math.max(0, ...leftBefore)
  return Math.min(terms.dailyCap, Math.max(terms.firstDay, Math.floor(best * terms.growth)))
}

/** Null: no share is above what the terms allow. */
export function pauseOf({ pauseAbove }: WarmUp, past: MailPast): WarmUpPause | null {
  const left = past.leftToday + past.leftBefore.reduce((sum, mails) => sum + mails, 0)
  const tried = left + past.failed
  if (isAbove(past.failed, tried, pauseAbove.hardBouncesPercent)) return 'hard bounces'
  return isAbove(past.deferred, tried + past.deferred, pauseAbove.deferralsPercent) ? 'deferrals' : null
}

function isAbove(some: number, all: number, percent: number): boolean {
  return all >= leastForAShare && some * 100 > all * percent
}

/** On which days, counted from that of the first mail, the later ones are due: for who is overdue, and for who is not. */
export function laterDays(warn: Warn): readonly number[] {
  const [first = 0, ...rest] = warn.daysBefore
  const ahead = rest.flatMap((days) => [daysUntilErasure(warn) - days, first - days])
  return [...new Set(ahead.filter((days) => days > 0))]
}

/** The same for the erasure, after which the last mail is due; none where nobody is told afterwards. */
export function lastMailDays(warn: Warn): readonly number[] {
  return warn.thenTell === undefined ? [] : [...new Set([daysUntilErasure(warn), warn.daysBefore[0] ?? 0])]
}

/**
 * Days from today → last mails of people who were told, `ahead` days before their erasure: a run erases at most
 * `perRun`. `nextErasure`: the same or the next day with an erasure.
 */
export function lastMails(
  told: readonly { readonly ahead: number; readonly people: number }[],
  perRun: number,
  nextErasure: (ahead: number) => number,
): ReadonlyMap<number, number> {
  const days = new Map<number, number>()
  for (const { ahead, people } of [...told].sort((a, b) => a.ahead - b.ahead)) {
    let rest = people
    for (let day = nextErasure(Math.max(0, ahead)); rest > 0; day = nextErasure(day + 1)) {
      const before = days.get(day) ?? 0
      const mails = Math.min(rest, Math.max(0, perRun - before))
      days.set(day, before + mails)
      rest -= mails
    }
  }
  return days
}

/**
 * To be asked when the later mails of today are queued already. `promised`: later and last mails that will be due so
 * many days from now, today those that are not queued yet. `later`: on which days, counted from today, those of a
 * person who is told today are due. Never negative.
 */
export function firstMailsToday(
  terms: WarmUp,
  past: MailPast,
  promised: (ahead: number) => number,
  later: readonly number[],
): number {
  if (pauseOf(terms, past) !== null) return 0
  const most = mailsToday(terms, past.leftBefore)
  const rooms = later.map((ahead) => most - promised(ahead))
  return Math.max(0, Math.min(most - past.leftToday - past.waiting - promised(0), ...rooms))
}
