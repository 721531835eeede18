/** The last line of a run in the words of the report: runs keep it in English, for scripts. */
import type { Voice } from './voice.ts'
import type { WordKey } from './words.ts'

type Parts = readonly string[]
/** `left`: how rows that a run left are told. */
type Counting = Voice & { readonly left: Voice['count'] }

/** What `jobs/conclude.ts`, `jobs/failed-run.ts`, `jobs/replay.ts`, `jobs/replay-close.ts` and `jobs/past-runs.ts` write. */
const known: readonly (readonly [
  RegExp,
  WordKey,
  (parts: Parts, voice: Counting) => Record<string, string>,
])[] = [
  [/^all that was due is done$/, 's_done', () => ({})],
  [
    // A day in digits is one of an earlier version.
    /^the slice is done, ([\d,]+) left, done about (\d{4}-\d\d-\d\d|\d+ [A-Z][a-z]+ \d{4})/,
    's_sliceDay',
    ([left, day = ''], voice) => ({
      ...leftOver(left, voice),
      day: voice.day(Date.parse(/^\d{4}-/.test(day) ? `${day}T12:00:00Z` : `${day} 12:00 UTC`)),
    }),
  ],
  [/^the slice is done, ([\d,]+) left, and as much/, 's_sliceMore', ([left], voice) => leftOver(left, voice)],
  [
    /^the slice is done, ([\d,]+) left, first mails wait/,
    's_warmUp',
    ([left], voice) => leftOver(left, voice),
  ],
  [/^first mails pause: /, 's_pause', () => ({})],
  [/^a pilot of ([\d,]+), ([\d,]+) done and nothing of them left,/, 's_pilot', pilot],
  [/^a pilot of ([\d,]+), ([\d,]+) done and not asked after,/, 's_pilotUnasked', pilot],
  [/^no policy of this run warns$/, 's_noneWarns', () => ({})],
  [/^observed only/, 's_observed', () => ({})],
  // Before the names of policies: it reads like one.
  [/^(?:refused by a safety stop: )?too many entries wait to be sealed$/, 's_waits', () => ({})],
  [/^(?:refused by a safety stop: )?too many people are not told to the ledger$/, 's_untold', () => ({})],
  [
    /^refused by a safety stop: what came back cannot be read: (\w+)$/,
    's_bouncesUnread',
    ([code = '']) => ({ code }),
  ],
  [/^refused by a safety stop: ([a-z0-9, _-]+)$/, 's_safety', ([policies = '']) => ({ policies })],
  [/^refused, the data map/, 's_dataMap', () => ({})],
  [/^(\d+) row\(s\) of what was done/, 's_behind', ([rows], voice) => count(rows, voice)],
  [/^(\d+) row\(s\) set aside$/, 's_apart', ([rows], voice) => count(rows, voice)],
  [/^(\d+) row\(s\) busy in three runs or more$/, 's_busy', ([rows], voice) => count(rows, voice)],
  [/^(\d+) file\(s\) of what came back/, 's_bouncesLeft', ([files], voice) => count(files, voice)],
  [/^the time of this run is used up, ([\d,]+) left/, 's_time', ([left], voice) => leftOver(left, voice)],
  [/^interrupted by (SIG[A-Z]+)$/, 's_signal', ([signal = '']) => ({ signal })],
  [/^its process ended without a word$/, 's_died', () => ({})],
  [/^known from the signed log alone$/, 's_fromLog', () => ({})],
  [/^all that the log says was done again$/, 's_again', () => ({})],
  [/^more people go again than may$/, 's_tooMany', () => ({})],
  [/^(\d+) row\(s\) are in use$/, 's_inUse', ([rows], voice) => count(rows, voice)],
  [/^(\d+) people are still here$/, 's_stillHere', ([people], voice) => count(people, voice)],
  [/^(\d+) people could not be looked for$/, 's_unsought', ([people], voice) => count(people, voice)],
  [/^(\d+) mails are not in the signed log$/, 's_unsigned', ([mails], voice) => count(mails, voice)],
  [/^(\d+) hold\(s\) must be set again$/, 's_holds', ([holds], voice) => count(holds, voice)],
  [/^(\d+) request\(s\) to stay must be recorded/, 's_requests', ([asked], voice) => count(asked, voice)],
  [/^stopped by oubli stop$/, 's_stop', () => ({})],
  [/^relay refuses everything$/, 's_relayRefuses', () => ({})],
  [/^relay cannot be reached$/, 's_relayAway', () => ({})],
  [/^too many refusals to be true, none was counted$/, 's_refusals', () => ({})],
  [/^the mail to our own mailbox was not taken, no refusal was counted$/, 's_ownMailbox', () => ({})],
  [/^(E_[A-Z_]+)$/, 's_code', ([code = '']) => ({ code })],
  [/^([a-z][a-z0-9_-]{0,39}): too many rows set aside$/, 's_manyApart', ([policy = '']) => ({ policy })],
  [/^([a-z][a-z0-9_-]{0,39}): ./, 's_fault', ([policy = '']) => ({ policy })],
]

function pilot([size, done]: Parts, voice: Voice): Record<string, string> {
  return { size: voice.number(numberIn(size)), ...count(done, voice) }
}

function count(rows: string | undefined, voice: Voice): Record<string, string> {
  return { count: voice.text(voice.count(numberIn(rows))) }
}

function leftOver(rows: string | undefined, voice: Counting): Record<string, string> {
  return { count: voice.text(voice.left(numberIn(rows))) }
}

function numberIn(text = ''): number {
  return Number(text.replaceAll(',', ''))
}

/** `left`: of what a run left, where that stands beside other counts. */
export function stopText(why: string | null, voice: Voice, left: Voice['count'] = voice.count): string {
  if (why === null) return ''
  const [, before, what, code = ''] =
    /^(.+); (the evidence waits to be sealed|not told to the ledger): (E_[A-Z_]+)$/.exec(why) ?? []
  if (before !== undefined)
    return voice.say(what === 'not told to the ledger' ? 's_notTold' : 's_unsealed', {
      ...{ why: stopText(before, voice, left), code },
    })
  const [, halted] = /^(.+); run it again to go on$/.exec(why) ?? []
  if (halted !== undefined) return voice.say('s_goOn', { why: stopText(halted, voice, left) })
  const [, open] = /^replayed; (.+)$/.exec(why) ?? []
  if (open !== undefined)
    return open
      .split('; ')
      .map((part) => stopText(part, voice, left))
      .join('; ')
  for (const [pattern, key, params] of known) {
    const [found, ...parts] = pattern.exec(why) ?? []
    if (found !== undefined) return voice.say(key, params(parts, { ...voice, left }))
  }
  return voice.say('s_other')
}
