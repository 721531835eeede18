import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import type { JobContext } from '../jobs/context.ts'
import { prepare, type Prepared } from '../jobs/prepare.ts'
import { gatherReport } from '../jobs/report.ts'
import { dayFrom, dayOf, dayStart, partsOf, plusMonths } from '../plan/day.ts'
import { reportJson } from '../report/json.ts'
import { reportView, type ReportView } from '../report/view.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { dayOption } from './day-option.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { writePage } from './page.ts'
import { table } from './table.ts'

export interface PeriodOptions {
  readonly from?: string
  readonly to?: string
  readonly at?: string
  readonly exact?: boolean
}

interface ReportOptions extends CommonOptions, PeriodOptions {
  readonly html?: string
  readonly unmasked?: boolean
}

/** `oubli report`: what was promised and what the database says. Writes nothing but the page. */
export function addReport(program: Command, io: Io, done: Done): void {
  const command = program
    .command('report')
    .description('what was promised and what the database says: for the officer, and for an auditor')
    .option(
      '--from <day>',
      'first day of the period whose runs are told (default: a year before its last day)',
    )
    .option('--to <day>', 'last day of the period (default: today)')
    .option('--at <day>', 'as things will stand at the start of that day (default: now)')
    .option('--html <file>', 'write one page for a browser and for paper')
    .option('--exact', 'count everything; reads whole tables of the site')
    .option('--unmasked', 'show counts below 5, too; for the officer, not to be passed on')
  describeCommand(command, 'oubli report --html report.html --lang fr', [0, 1, 2, 4]).action(
    async (options: ReportOptions) => {
      const lang = language(io, options)
      await withContext(io, options, async (ctx) => {
        const prepared = await prepare(ctx, lang)
        const facts = await gatherReport(ctx, prepared, await periodOf(ctx, prepared, options))
        const view = reportView(facts, { lang, masks: options.unmasked !== true })
        if (options.html !== undefined) await writePage(resolve(io.cwd, options.html), 'page', view)
        if (options.json === true) io.out(JSON.stringify(reportJson(facts)))
        else for (const line of reportLines(view, options.html ?? null)) io.out(line)
        done(0)
      })
    },
  )
}

export async function periodOf(ctx: JobContext, prepared: Prepared, options: PeriodOptions) {
  const { zone } = prepared.dataMap
  const read = (name: 'at' | 'from' | 'to'): Instant | null => {
    const text = options[name]
    return text === undefined ? null : dayOption(`--${name}`, text, zone)
  }
  const now = await ctx.now()
  const last = dayOf(read('to') ?? now, zone)
  const { year, month, day } = partsOf(last)
  const yearBefore = plusMonths(dayFrom({ year, month, day }), -12)
  const from = read('from') ?? dayStart(yearBefore + 1, zone)
  const to = dayStart(last + 1, zone)
  if (from >= to)
    throw new OubliError(
      'settings',
      'E_PERIOD_ORDER',
      '--from: expected a day that is not after --to, found a later one',
      'Write the earlier day first.',
    )
  return { asOf: read('at') ?? now, from, to, exact: options.exact === true }
}

/** The same figures as on the page, for a terminal. */
function reportLines(view: ReportView, html: string | null): readonly string[] {
  const { w } = view
  const upper = (text: string | undefined): string => (text ?? '').toLocaleUpperCase(view.lang)
  const rows = view.promises.flatMap((promise) =>
    promise.policies.map((one) => [
      one.first ? promise.id : '',
      one.id,
      one.scope,
      one.past,
      one.since,
      one.due,
      one.nextDue,
      one.stateText,
    ]),
  )
  const titles = [
    w['promise'],
    w['policy'],
    w['scope'],
    w['past'],
    w['since'],
    w['due'],
    w['nextDue'],
    w['state'],
  ]
  return [
    `${view.siteName}, ${view.asOf}`,
    '',
    ...table(
      titles.map((title, i) => ({ title: upper(title), right: i === 2 || i === 3 || i === 5 })),
      rows,
    ),
    '',
    ...view.backlogs.filter(({ done }) => !done).map(({ id, text }) => `${id}: ${text}`),
    ...view.matters.map(
      ({ text, concerns }) => `- ${[text, concerns].filter((part) => part !== '').join(' ')}`,
    ),
    ...(view.bounces === '' ? [] : [view.bounces]),
    view.basis,
    ...(html === null ? [] : [`${w['page'] ?? ''} ${html}`]),
    view.lead,
  ]
}
