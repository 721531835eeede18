import type { Command } from 'commander'
import { olderThanLog } from '../jobs/older.ts'
import { awaitingDay } from '../jobs/announced.ts'
import { mailCalendar } from '../jobs/calendar.ts'
import { planPolicy, type PlannedPolicy } from '../jobs/plan.ts'
import { prepare, type Prepared } from '../jobs/prepare.ts'
import { requirePolicy } from '../jobs/require-policy.ts'
import { renderAlarm } from '../plan/alarms.ts'
import { renderPlanProblem } from '../plan/problem-texts.ts'
import { announcedWords } from './announced-words.ts'
import { calendarJson, calendarLines } from './calendar.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { dayOption } from './day-option.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { olderLines } from './replay.ts'
import { day, number, table } from './table.ts'
import { wordOf, words } from './words.ts'
import type { Language } from '../policies/problem.ts'

interface PlanOptions extends CommonOptions {
  readonly at?: string
  readonly policy?: string
}

/** `oubli plan`: what a run would do, in counts, and why it spares the rest. Writes nothing. */
export function addPlan(program: Command, io: Io, done: Done): void {
  const command = program
    .command('plan')
    .description('show what a run would do, and why it spares the rest; writes nothing')
    .option('--at <day>', 'look ahead to the start of that day, YYYY-MM-DD')
    .option('--policy <id>', 'only this policy')
  describeCommand(command, 'oubli plan --at 2027-01-01', [0, 1, 2, 4]).action(
    async (options: PlanOptions) => {
      const lang = language(io, options)
      await withContext(io, options, async (ctx) => {
        const prepared = await prepare(ctx, lang)
        requirePolicy(prepared.policies, options.policy ?? null)
        const now =
          options.at === undefined ? await ctx.now() : dayOption('--at', options.at, prepared.dataMap.zone)
        const planned: PlannedPolicy[] = []
        for (const policy of prepared.plan.policies)
          if (options.policy === undefined || policy.policy.id === options.policy)
            planned.push(await planPolicy(ctx, prepared, policy, now, { countTables: true, run: null }))
        const older = await olderThanLog(ctx)
        // What was sent until another day nobody knows.
        const days = options.at === undefined ? await mailCalendar(ctx, prepared, planned, now) : []
        if (options.json === true)
          io.out(JSON.stringify({ ...planJson(prepared, planned, now), calendar: calendarJson(days), older }))
        else for (const line of olderLines(older, lang)) io.out(line)
        if (options.json !== true)
          for (const line of planLines(prepared, planned, now, lang, calendarLines(days, lang))) io.out(line)
        done(prepared.problems.some((problem) => problem.refuses) ? 4 : 0)
      })
    },
  )
}

function planJson(prepared: Prepared, planned: readonly PlannedPolicy[], now: number): object {
  return {
    as_of: new Date(now).toISOString(),
    fingerprint: prepared.plan.fingerprint,
    policies: planned.map((one) => ({
      ...one.survey,
      status: one.policy.policy.status,
      standing: one.standing,
      newly: one.newly,
      ...(one.partitions.length === 0 ? {} : { partitions: one.partitions }),
      alarms: one.alarms,
    })),
    problems: prepared.problems,
    gaps: prepared.gaps,
  }
}

function planLines(
  prepared: Prepared,
  planned: readonly PlannedPolicy[],
  now: number,
  lang: Language,
  calendar: readonly string[],
): readonly string[] {
  const plan = prepared.plan.fingerprint.slice(0, 16)
  const lines = [
    words(lang, 'Plan {plan} as of {now}', { plan, now: `${new Date(now).toISOString().slice(0, 16)}Z` }),
    '',
  ]
  lines.push(
    ...table(
      [
        { title: words(lang, 'POLICY') },
        { title: words(lang, 'ACTION') },
        { title: words(lang, 'DUE'), right: true },
        { title: words(lang, 'TO WARN'), right: true },
        { title: words(lang, 'SPARED'), right: true },
        { title: words(lang, 'OLDEST DUE') },
        { title: words(lang, 'STANDING') },
      ],
      planned.map((one) => [
        one.policy.policy.id,
        words(lang, one.policy.policy.then),
        number(one.survey.due, lang),
        one.policy.policy.warn === null ? '-' : number(one.survey.toWarn, lang),
        number(sum(one.survey.spared), lang),
        day(one.survey.oldestDue, prepared.dataMap.zone),
        standingWords(one, lang),
      ]),
    ),
  )
  for (const one of planned) lines.push(...detailLines(one, lang))
  for (const problem of prepared.problems) lines.push('', renderPlanProblem(problem, lang))
  if (prepared.gaps.length > 0)
    lines.push(
      '',
      words(lang, '{count} gap(s): personal columns that nothing rules; `oubli doctor` lists them.', {
        count: number(prepared.gaps.length, lang),
      }),
    )
  lines.push(...calendar)
  lines.push('', words(lang, 'Nothing was changed. To let new terms act: oubli approve {plan}', { plan }))
  return lines
}

function detailLines(one: PlannedPolicy, lang: Language): readonly string[] {
  const lines: string[] = []
  const tables = Object.entries(one.survey.tables)
  const spared = Object.entries(one.survey.spared)
  if (tables.length === 0 && spared.length === 0 && one.alarms.length === 0) return []
  lines.push('', one.policy.policy.id)
  for (const [name, acts] of tables)
    lines.push(
      `  ${name}: ${Object.entries(acts)
        .map(([act, rows]) => `${number(rows, lang)} ${act}`)
        .join(', ')}`,
    )
  for (const { partition, rows } of one.partitions) lines.push(`  ${partitionWords(partition, rows, lang)}`)
  for (const [reason, count] of spared)
    lines.push(
      `  ${words(lang, 'spared, {reason}: {count}', {
        reason: wordOf(lang, reason),
        count: number(count, lang),
      })}`,
    )
  if (awaitingDay(one) > 0) lines.push(`  ${announcedWords(awaitingDay(one), lang)}`)
  for (const alarm of one.alarms) lines.push(`  ALARM  ${renderAlarm(alarm, lang)}`)
  return lines
}

function partitionWords(partition: string, rows: number | null, lang: Language): string {
  if (rows === null)
    return words(lang, 'partition {partition} is not dropped whole: a date in it cannot be true', {
      partition,
    })
  return words(lang, 'partition {partition} ({rows} rows) will be dropped', {
    partition,
    rows: number(rows, lang),
  })
}

function standingWords({ alarms, standing }: PlannedPolicy, lang: Language): string {
  if (alarms.length > 0) return words(lang, 'stopped by an alarm')
  switch (standing.mode) {
    case 'enforced':
      return words(lang, 'enforced')
    case 'observed':
      return words(lang, 'observes ({why})', { why: words(lang, standing.why) })
    case 'refused':
      return words(lang, 'refused ({why})', { why: words(lang, standing.why) })
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
