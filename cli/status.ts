import type { Command } from 'commander'
import { status, type Status } from '../jobs/status.ts'
import type { Language } from '../policies/problem.ts'
import { apartLines, busyLines } from './aside-lines.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { duration, progressLine } from './progress.ts'
import { olderLines } from './replay.ts'
import { number } from './table.ts'
import { wordOf, words } from './words.ts'

/** `oubli status`: the last run, the one at work, and what was set aside. */
export function addStatus(program: Command, io: Io, done: Done): void {
  const command = program
    .command('status')
    .description('the last run, the one at work on whichever host, and what was set aside')
  describeCommand(command, 'oubli status', [0, 1, 2, 4]).action(async (options: CommonOptions) => {
    await withContext(io, options, async (ctx) => {
      const found = await status(ctx)
      if (options.json === true) io.out(JSON.stringify(found))
      else for (const line of statusLines(found, language(io, options), io.clock())) io.out(line)
      done(0)
    })
  })
}

function statusLines(found: Status, lang: Language, now: number): readonly string[] {
  const last = found.lastRun
  return [
    ...olderLines(found.older, lang),
    last === null
      ? 'No run yet.'
      : `Last run: ${last.asOf}, ${last.state}${last.whyStopped === null ? '' : ` (${last.whyStopped})`}`,
    ...runLines(found, lang, now),
    ...controlLines(found, lang),
    `Evidence: ${found.entries.sealed} entries sealed, ${found.entries.unsealed} waiting.`,
    ...mailLines(found),
    ...asideLines(found, lang),
    ...firstLines(found, lang),
  ]
}

function firstLines({ backlogs, pilots }: Status, lang: Language): readonly string[] {
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
      const said = { policy, size: number(size, lang), day: at.slice(0, 10) }
      return fault === null
        ? words(lang, 'Pilot of {policy}: {size} on {day}, clean.', said)
        : words(lang, 'Pilot of {policy}: {size} on {day}, not clean ({why}).', {
            ...said,
            why: wordOf(lang, fault),
          })
    }),
  ]
}

function mailLines({ mail }: Status): readonly string[] {
  if (mail.waiting === 0) return []
  const parts = [
    ...(mail.putOff > 0 ? [`${mail.putOff} put off by their servers or the relay`] : []),
    ...(mail.ourFault > 0
      ? [`${mail.ourFault} kept by our own fault: the relay is not reached or refuses too much`]
      : []),
  ]
  return [`Mail: ${mail.waiting} waiting${parts.length === 0 ? '' : `, of them ${parts.join(', ')}`}.`]
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

function controlLines({ control: { pause, stop }, atWork }: Status, lang: Language): readonly string[] {
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
    ...(stop !== null && stop.run === atWork?.run ? [said('stop', stop)] : []),
  ]
}
