import type { Untaken } from '../jobs/untaken.ts'
import type { Language } from '../policies/problem.ts'
import { number } from './table.ts'
import { words } from './words.ts'

/** Warnings that nobody takes for days: nothing when there are none. */
export function untakenLines(untaken: Untaken | null, lang: Language): readonly string[] {
  if (untaken === null) return []
  const said = words(
    lang,
    'No warning was taken for {days} days, and {count} wait or were given up[[ (last answer: {reply})]]. Nobody is warned meanwhile. Look at the relay or, if they are few, at the addresses.',
    {
      days: number(untaken.days, lang),
      count: number(untaken.mails, lang),
      reply: untaken.reply ?? '',
    },
  )
  return [`WARNING  ${said}`]
}

export function untakenJson(untaken: Untaken | null): object | null {
  if (untaken === null) return null
  const { mails, days, reply, since } = untaken
  return { mails, days, reply, since: new Date(since).toISOString() }
}
