import type { Command } from 'commander'
import { status, type Status } from '../jobs/status.ts'
import type { Language } from '../policies/problem.ts'
import { sayIn, sayOf } from '../report/words.ts'
import { apartLines, busyLines } from './aside-lines.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { duration, progressLine } from './progress.ts'
import { olderLines } from './replay.ts'
import { untakenJson, untakenLines } from './untaken-line.ts'
import { stopWords } from './stop-words.ts'
import { day, number } from './table.ts'
import { wordOf, words, type Words } from './words.ts'

/** `oubli status`: the last run, the one at work, and what was set aside. */
export function addStatus(program: Command, io: Io, done: Done): void {
  const command = program
    .command('status')
    .description('the last run, the one at work on whichever host, and what was set aside')
  describeCommand(command, 'oubli status', [0, 1, 2, 4]).action(async (options: CommonOptions) => {
    await withContext(io, options, async (ctx) => {
      const found = await status(ctx)
      if (options.json === true) io.out(JSON.stringify({ ...found, untaken: untakenJson(found.untaken) }))
      else
        for (const line of statusLines(found, language(io, options), io.clock(), ctx.settings.schedule.zone))
          io.out(line)
      done(0)
    })
  })
}

function statusLines(found: Status, lang: Language, now: number, zone: string): readonly string[] {
  return [
    ...olderLines(found.older, lang),
    ...lastLines(found, lang),
    ...runLines(found, lang, now),
    ...controlLines(found, lang),
    words(lang, 'Evidence: {sealed} entries sealed, {waiting} waiting.', {
      sealed: number(found.entries.sealed, lang),
      waiting: number(found.entries.unsealed, lang),
    }),
    ...(found.entries.untold === 0
      ? []
      : [
          words(
            lang,
            'Not told to the ledger: {count} people. A backup restored now would bring them back, and no replay would find them.',
            { count: number(found.entries.untold, lang) },
          ),
        ]),
    ...mailLines(found, lang),
    ...untakenLines(found.untaken, lang),
    ...asideLines(found, lang),
    ...firstLines(found, lang, zone),
  ]
}

/** The last run, and where it was another one, the last that warned and the last that erased. */
function lastLines({ lastRun, lastRuns: { warn, purge } }: Status, lang: Language): readonly string[] {
  if (lastRun === null) return [words(lang, 'No run yet.')]
  const other = (one: typeof lastRun | null, text: Words): readonly string[] =>
    one === null || one.id === lastRun.id ? [] : [lastLine(one, text, lang)]
  return [
    lastLine(lastRun, 'Last run: {at}, {state}[[ ({why})]]', lang),
    ...other(warn, 'Last that warned: {at}, {state}[[ ({why})]]'),
    ...other(purge, 'Last that erased: {at}, {state}[[ ({why})]]'),
  ]
}

function lastLine(last: NonNullable<Status['lastRun']>, text: Words, lang: Language): string {
  return words(lang, text, {
    at: last.asOf,
    // Scripts know the states by their English names.
    state: lang === 'fr' ? sayOf(sayIn(lang), 'run', last.state) : last.state,
    why: last.whyStopped === null ? '' : stopWords(last.whyStopped, lang),
  })
}

function firstLines({ backlogs, pilots }: Status, lang: Language, zone: string): readonly string[] {
  return [
    ...backlogs
      .filter(({ left }) => left > 0)
      .map(({ policy, size, left, by }) =>
        words(
          lang,
          'Backlog of {policy}: {left} of {size} were left when the last run began, to be finished by {by}.',
          { policy, by, left: number(left, lang), size: number(size, lang) },
        ),
      ),
    ...pilots.map(({ policy, size, at, fault }) => {
      const said = { policy, size: number(size, lang), day: day(Date.parse(at), zone) }
      return fault === null
        ? words(lang, 'Pilot of {policy}: {size} on {day}, clean.', said)
        : words(lang, 'Pilot of {policy}: {size} on {day}, not clean ({why}).', {
            ...said,
            why: wordOf(lang, fault),
          })
    }),
  ]
}

function mailLines({ mail }: Status, lang: Language): readonly string[] {
  if (mail.waiting === 0) return []
  const counted = (count: number, text: Words): readonly string[] =>
    count === 0 ? [] : [words(lang, text, { count: number(count, lang) })]
  const parts = [
    ...counted(mail.putOff, '{count} put off by their servers or the relay'),
    ...counted(mail.ourFault, '{count} kept by our own fault: the relay is not reached or refuses too much'),
  ]
  return [
    words(lang, 'Mail: {count} waiting[[, of them {parts}]].', {
      count: number(mail.waiting, lang),
      parts: parts.join(', '),
    }),
  ]
}

function asideLines({ setAside, setAsideRows }: Status, lang: Language): readonly string[] {
  const failed = setAside.filter(({ code }) => code !== 'busy')
  const busy = setAside.filter(({ code }) => code === 'busy')
  return [...apartLines(failed, lang, setAsideRows.failed), ...busyLines(busy, lang, setAsideRows.busy)]
}

/** A run says something of itself twice a second; seconds of silence are worth a word. */
const silence = 15_000

function runLines({ running, atWork }: Status, lang: Language, now: number): readonly string[] {
  if (!running) return [words(lang, 'No run is at work.')]
  if (atWork === null) return [words(lang, 'A run is at work.')]
  const silent = now - Date.parse(atWork.at)
  return [
    atWork.policy === null
      ? words(lang, 'A run is at work.')
      : words(lang, 'A run is at work: {progress}', { progress: progressLine(atWork, lang) }),
    ...(silent > silence
      ? [words(lang, 'No word of it for {time}.', { time: duration(silent / 1000) })]
      : []),
  ]
}

function controlLines(
  { control: { pause, stop }, pauseFile, pauseFileUnseen }: Status,
  lang: Language,
): readonly string[] {
  const said = (text: 'pause' | 'stop', asked: NonNullable<typeof pause>): string =>
    words(
      lang,
      text === 'pause'
        ? 'Paused[[ by {name}]] since {at}; `oubli resume` ends it.'
        : 'Asked to stop[[ by {name}]] at {at}.',
      { name: asked.by ?? '', at: asked.at },
    )
  return [
    ...(pause === null ? [] : [said('pause', pause)]),
    ...(pauseFile === null ? [] : [words(lang, 'Paused by the pause file since {at}.', { at: pauseFile })]),
    ...(pauseFileUnseen === null
      ? []
      : [words(lang, 'Paused: the pause file cannot be looked for ({code}).', { code: pauseFileUnseen })]),
    ...(stop === null ? [] : [said('stop', stop)]),
  ]
}
