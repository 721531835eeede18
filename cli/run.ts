import { InvalidArgumentError, Option, type Command } from 'commander'
import { pilot } from '../jobs/pilot.ts'
import { phases, run, type Phase, type RunReport } from '../jobs/run.ts'
import type { Unsealed } from '../jobs/seal-and-tell.ts'
import { renderAlarm } from '../plan/alarms.ts'
import { pilotSizes } from '../plan/pilot.ts'
import { renderPlanProblem } from '../plan/problem-texts.ts'
import { apartLines, busyLines } from './aside-lines.ts'
import { readLines } from './mail-bounces.ts'
import { deliveryLine } from './delivery-line.ts'
import { describeCommand, language, withReason, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { pilotJson, pilotLines } from './pilot-lines.ts'
import { duration, showProgress } from './progress.ts'
import { number, table } from './table.ts'
import { untakenJson, untakenLines } from './untaken-line.ts'
import { words } from './words.ts'
import type { Language } from '../policies/problem.ts'

interface RunOptions extends CommonOptions {
  readonly policy?: string
  readonly acceptClockGap?: boolean
  readonly only?: readonly Phase[]
  readonly pilot?: string
  readonly progress: number
}

/** `oubli run`: warns, sends what is due, erases a slice, seals the evidence. */
export function addRun(program: Command, io: Io, done: Done): void {
  const command = program
    .command('run')
    .description('warn, send, erase or anonymise what is due, and seal the evidence')
    .option('--policy <id>', 'only this policy')
    .option('--accept-clock-gap', 'run although the database clock is far ahead of the last run')
    .addOption(
      new Option('--progress <seconds>', 'a line of progress this often; 0: none. A terminal shows it live')
        .default(60)
        .argParser(seconds),
    )
    .addOption(new Option('--only <phase...>', 'only these parts').choices(phases))
    .addOption(
      new Option(
        '--pilot <number>',
        'erase this many under one --policy, ask after them, print the receipts, stop',
      ).choices(pilotSizes.map(String)),
    )
  describeCommand(
    command,
    'oubli run\n  oubli run --policy inactive-accounts --pilot 10',
    [0, 1, 2, 3, 4, 5, 6],
  ).action(async (options: RunOptions) => {
    const size = pilotSizes.find((one) => String(one) === options.pilot)
    if (size !== undefined && (options.policy === undefined || options.only !== undefined))
      command.error('error: --pilot needs one --policy, and goes without --only')
    await withReason(io, options, async (ctx) => {
      const lang = language(io, options)
      const json = options.json === true
      const onProgress = showProgress(io, { json, lang, every: options.progress })
      const acceptClockGap = options.acceptClockGap === true
      if (size !== undefined && options.policy !== undefined) {
        const told = await pilot(ctx, { policy: options.policy, size, acceptClockGap, onProgress, lang })
        io.live?.('')
        if (json) io.out(JSON.stringify({ ...runJson(told.run), ...pilotJson(told) }))
        else for (const line of [...runTable(told.run, lang), ...pilotLines(told, lang)]) io.out(line)
        done(told.exit)
        return
      }
      const report = await run(ctx, {
        ...{ onProgress, lang },
        phases: options.only ?? phases,
        policy: options.policy ?? null,
        acceptClockGap,
        slot: null,
      })
      io.live?.('')
      if (json) io.out(JSON.stringify(runJson(report)))
      else for (const line of runLines(report, lang)) io.out(line)
      done(report.exit)
    })
  })
}

function runJson(report: RunReport): object {
  return {
    run: report.run,
    as_of: new Date(report.asOf).toISOString(),
    fingerprint: report.fingerprint,
    policies: report.policies.map((one) => ({
      policy: one.planned.policy.policy.id,
      standing: one.planned.standing,
      alarms: one.planned.alarms,
      due: one.planned.survey.due,
      to_warn: one.planned.survey.toWarn,
      spared: one.planned.survey.spared,
      warned: one.warned,
      outcome: one.outcome,
      held_up: one.turn?.heldUp ?? null,
    })),
    bounces: report.bounces,
    delivery: report.delivery,
    untaken: untakenJson(report.untaken),
    pace: {
      throttled_seconds: report.pace.throttledSeconds,
      paused_seconds: report.pace.pausedSeconds,
      rested_seconds: report.pace.restedSeconds,
      signals_missing: report.pace.missing,
    },
    sinks: report.sinks,
    unsealed: report.unsealed?.sealed === false ? report.unsealed.error.code : null,
    untold: report.unsealed?.sealed === true ? report.unsealed.error.code : null,
    problems: report.problems,
    exit: report.exit,
    why_stopped: report.whyStopped,
  }
}

export function runLines(report: RunReport, lang: Language): readonly string[] {
  return [...runTable(report, lang), `why stopped: ${report.whyStopped}`]
}

/** All but the last line. */
function runTable(report: RunReport, lang: Language): readonly string[] {
  const rows = report.policies.map((one) => {
    const { policy, standing, alarms } = one.planned
    const acts = standing.mode === 'enforced' && alarms.length === 0
    return [
      policy.policy.id,
      words(lang, acts ? 'acted' : alarms.length > 0 ? 'alarm' : standing.mode),
      number(one.planned.survey.due, lang),
      one.warned === null ? '-' : number(one.warned.queued, lang),
      one.warned === null ? '-' : number(one.warned.returned, lang),
      one.outcome === null ? '-' : number(one.outcome.done, lang),
      Object.entries(one.outcome?.tables ?? {})
        .map(
          ([name, actsOf]) =>
            `${name} ${Object.entries(actsOf)
              .map(([act, count]) => `${count} ${act}`)
              .join(', ')}`,
        )
        .join(' · '),
    ]
  })
  const lines = [
    ...table(
      [
        { title: words(lang, 'POLICY') },
        { title: words(lang, 'STANDING') },
        { title: words(lang, 'DUE'), right: true },
        { title: words(lang, 'MAILS'), right: true },
        { title: words(lang, 'RETURNED'), right: true },
        { title: words(lang, 'DONE'), right: true },
        { title: words(lang, 'ROWS') },
      ],
      rows,
    ),
  ]
  for (const one of report.policies)
    for (const alarm of one.planned.alarms)
      lines.push(`ALARM  ${one.planned.policy.policy.id}: ${renderAlarm(alarm, lang)}`)
  for (const problem of report.problems.filter((found) => found.refuses))
    lines.push(renderPlanProblem(problem, lang))
  lines.push(...readLines(report.bounces, lang))
  if (report.delivery !== null) lines.push(deliveryLine(report.delivery, lang))
  lines.push(...untakenLines(report.untaken, lang))
  lines.push(...paceLines(report.pace, lang), ...leftOutLines(report, lang))
  const outcomes = report.policies.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]))
  lines.push(
    ...apartLines(
      outcomes.flatMap(({ apart }) => apart),
      lang,
    ),
    ...busyLines(
      outcomes.flatMap(({ oftenBusy }) => oftenBusy),
      lang,
    ),
  )
  if (
    report.policies.some(
      (one) => one.planned.standing.mode === 'observed' && one.planned.standing.why !== 'status',
    )
  )
    lines.push(
      words(lang, 'New terms were observed only. To let them act: oubli approve {plan}', {
        plan: report.fingerprint.slice(0, 16),
      }),
    )
  lines.push(
    ...(report.unsealed === null ? [] : unsealedLines(report.unsealed, lang)),
    ...(report.unsealed?.sealed === false ? [] : sinkLines(report.sinks, lang)),
  )
  return lines
}

/** What was done stands; until it is sealed, its evidence is in the database alone. */
function unsealedLines({ error, sealed }: Unsealed, lang: Language): readonly string[] {
  return [
    `WARNING  ${words(
      lang,
      sealed
        ? 'What was done stands and is sealed, but the ledger could not be told: a backup restored now would bring back whom this run erased, and no replay would find them.'
        : 'What was done stands, and its evidence waits in the database until the next run seals it.',
    )}`,
    `${error.code}  ${error.message}`,
    `  ${error.remedy}`,
  ]
}

/** Without a place off the host the evidence is only as good as the host. */
export function sinkLines(sinks: RunReport['sinks'], lang: Language): readonly string[] {
  if (sinks.length === 0)
    return [
      `WARNING  ${words(lang, 'The checkpoint stays on this host: if log and database were both put back to an older day, nobody would notice. Set evidence.sinks.')}`,
    ]
  return sinks.flatMap(({ name, code }) =>
    code === null
      ? []
      : [
          `WARNING  ${words(lang, 'The checkpoint did not reach the sink {sink}: {code}', { sink: name, code })}`,
        ],
  )
}

/** Rests belong to the pace that the settings ask for and need no word. */
function paceLines(
  { throttledSeconds, pausedSeconds }: RunReport['pace'],
  lang: Language,
): readonly string[] {
  const throttled = words(lang, 'throttled for {time}', { time: duration(throttledSeconds) })
  const paused = words(lang, 'paused for {time}', { time: duration(pausedSeconds) })
  return [...(throttledSeconds > 0 ? [throttled] : []), ...(pausedSeconds > 0 ? [paused] : [])]
}

/** Whom the next run begins with, if rows of theirs are due. */
function leftOutLines({ policies }: RunReport, lang: Language): readonly string[] {
  const left = policies.filter(
    ({ turn, planned }) => turn != null && turn.heldUp === 'no turn' && planned.survey.due > 0,
  )
  if (left.length === 0) return []
  const said = { policies: left.map(({ planned }) => planned.policy.policy.id).join(', ') }
  return [words(lang, 'No turn before the time was used up, first in the next run: {policies}', said)]
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('Expected whole seconds.')
  return Number(text)
}
