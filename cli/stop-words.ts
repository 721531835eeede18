/** Why a run stopped, in the language of the reader. Its last line itself stays English, for scripts. */
import type { Language } from '../policies/problem.ts'
import { stopText } from '../report/stops.ts'
import { voiceOf } from '../report/voice.ts'
import { words } from './words.ts'

/** Codes, and whatever the report has no sentence for, stay as they are. */
export function stopWords(why: string, lang: Language): string {
  if (lang === 'en') return why
  const [, reason = why, what, code = ''] = tail.exec(why) ?? []
  // A day stands in the reason by its name, and is the same in every zone.
  const voice = voiceOf(lang, 'UTC', false)
  const known = stopText(reason, voice)
  // The report sends its reader to the log; here the code itself is of use.
  const [, policy = ''] = /^([a-z][a-z0-9_-]*): /.exec(reason) ?? []
  const untold = [voice.say('s_other'), voice.say('s_fault', { policy })]
  const told = untold.includes(known) ? reason : known
  if (what === undefined) return told
  return what === 'not told to the ledger'
    ? words(lang, '{reason}; not told to the ledger: {code}', { reason: told, code })
    : words(lang, '{reason}; the evidence waits to be sealed: {code}', { reason: told, code })
}

const tail = /^(.+); (the evidence waits to be sealed|not told to the ledger): (.+)$/
