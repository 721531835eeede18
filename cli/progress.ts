/** Progress of a run: one line that is written over on a terminal, elsewhere a line from time to time. */
import { secondsLeft, shareOf, type Progress } from '../jobs/progress.ts'
import type { OnProgress } from '../jobs/watch.ts'
import type { Language } from '../policies/problem.ts'
import type { Io } from './io.ts'
import { number } from './table.ts'
import { words } from './words.ts'

export interface ProgressOptions {
  readonly json: boolean
  readonly lang: Language
  /** Seconds between two lines where there is no terminal; 0: none at all. */
  readonly every: number
}

/** The result stands on standard output; progress goes to standard error, so that scripts do not mind. */
export function showProgress(io: Io, options: ProgressOptions): OnProgress {
  const { json, lang, every } = options
  if (every === 0) return () => undefined
  const { live } = io
  if (live !== undefined && !json)
    return (progress) => {
      if (progress.policy !== null) live(progressLine(progress, lang))
    }
  let last = io.clock()
  return (progress) => {
    const now = io.clock()
    if (progress.policy === null || now - last < every * 1000) return
    last = now
    io.err(json ? JSON.stringify({ progress: progressJson(progress) }) : progressLine(progress, lang))
  }
}

/** `page-views: 12,400 of 50,000 (24 %), 3,200/s, 12 s left, throttled: replica lag 2.4 s > 1.5 s` */
export function progressLine(progress: Progress, lang: Language): string {
  const share = shareOf(progress)
  const left = secondsLeft(progress)
  const parts = [
    words(lang, '{done} of {due}', { done: number(progress.done, lang), due: number(progress.due, lang) }) +
      (share === null ? '' : ` (${Math.floor(share * 100)} %)`),
    ...(progress.perSecond === null ? [] : [`${number(rounded(progress.perSecond), lang)}/s`]),
    ...(left === null ? [] : [words(lang, '{time} left', { time: duration(left) })]),
    ...(progress.writers > 1 ? [words(lang, '{count} writers', { count: String(progress.writers) })] : []),
    ...(progress.reason === null ? [] : [progress.reason]),
  ]
  return `${progress.policy ?? ''}: ${parts.join(', ')}`
}

export function progressJson(progress: Progress): unknown {
  const { run, policy, done, due, state, reason, writers } = progress
  return {
    ...{ run, policy, done, due },
    share: shareOf(progress),
    per_second: progress.perSecond,
    seconds_left: secondsLeft(progress),
    batch_size: progress.batchSize,
    ...{ writers, state, reason },
  }
}

/** `45 s`, `12 min`, `3 h 20 min` */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function rounded(rate: number): number {
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)
}
