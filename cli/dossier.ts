import { resolve } from 'node:path'
import type { Command } from 'commander'
import { gatherDossier } from '../jobs/dossier.ts'
import { prepare } from '../jobs/prepare.ts'
import { dossierView, type DossierView } from '../report/dossier.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { writePage } from './page.ts'
import { periodOf, type PeriodOptions } from './report.ts'
import { table } from './table.ts'

interface DossierOptions extends CommonOptions, PeriodOptions {
  readonly html?: string
  readonly unmasked?: boolean
  /** Left out by `--no-clocks`. */
  readonly clocks?: boolean
}

/** `oubli dossier POLICY`: the file on one policy, for the officer and an auditor's first question. */
export function addDossier(program: Command, io: Io, done: Done): void {
  const command = program
    .command('dossier')
    .argument('<policy>')
    .description('the file on one policy: what was decided, why, by whom, and what became of it')
    .option(
      '--from <day>',
      'first day of the period whose runs are told (default: a year before its last day)',
    )
    .option('--to <day>', 'last day of the period (default: today)')
    .option('--html <file>', 'write one page for a browser and for paper')
    .option('--exact', 'count everything; reads whole tables of the site')
    .option(
      '--no-clocks',
      'do not look for signs of life of silent people; it reads the tables that lead to them',
    )
    .option('--unmasked', 'show counts below 5, too; for the officer, not to be passed on')
  describeCommand(
    command,
    'oubli dossier inactive-accounts --html dossier.html --lang fr',
    [0, 1, 2, 4],
  ).action(async (policy: string, options: DossierOptions) => {
    const lang = language(io, options)
    await withContext(io, options, async (ctx) => {
      const prepared = await prepare(ctx, lang)
      const period = await periodOf(ctx, prepared, options)
      const facts = await gatherDossier(ctx, prepared, policy, lang, {
        ...period,
        clocks: options.clocks !== false,
      })
      const view = dossierView(facts, { lang, masks: options.unmasked !== true })
      if (options.html !== undefined) await writePage(resolve(io.cwd, options.html), 'dossier', view)
      if (options.json === true) io.out(JSON.stringify(dossierJson(view)))
      else for (const line of dossierLines(view, options.html ?? null)) io.out(line)
      done(0)
    })
  })
}

/** As on the page, in the language that was asked for. */
function dossierJson(view: DossierView): object {
  const { w, backlogs, ...rest } = view
  return {
    title: w['title'],
    ...rest,
    backlogs: backlogs.map(({ text, late, done, rows }) => ({ text, late, done, rows })),
  }
}

function dossierLines(view: DossierView, html: string | null): readonly string[] {
  const { w, policy } = view
  const colon = w['colon'] ?? ':'
  const part = (name: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', w[name] ?? '', ...lines.map((line) => `  ${line}`)]
  return [
    `${w['title'] ?? ''}, ${view.siteName}, ${view.asOf}`,
    ...(view.older === '' ? [] : [view.older]),
    ...part('d_words', [policy.sentence, view.lead]),
    ...part('d_termAndReference', [
      policy.because,
      ...view.references.map(({ id, requires, reference }) => `${id}${colon} ${requires} (${reference})`),
    ]),
    ...part(
      'd_waivers',
      view.waivers.map(({ column, because }) => `${column}${colon} ${because}`),
    ),
    ...part('d_clock', [
      view.clock.text,
      ...(view.clock.tooShort === '' ? [] : [view.clock.tooShort]),
      ...view.clock.signs.map(
        ({ column, people, years, verdict }) =>
          `${column}${colon} ${people}${years === '' ? '' : ` (${years})`}, ${verdict}`,
      ),
    ]),
    ...part(
      'd_approvals',
      view.approvals.map(({ at, by, plan, most }) => `${at}${colon} ${by}, ${plan}, ${most}`),
    ),
    ...part(
      'd_first',
      view.firsts.flatMap(({ approved, lines }) => [
        `${approved}${colon}`,
        ...lines.map((line) => `  ${line}`),
      ]),
    ),
    ...part(
      'd_pilots',
      view.pilots.map(
        ({ at, size, done, found, terms, id }) =>
          `${at}  ${id}  ${done} / ${size}, ${found}${terms === '' ? '' : ` (${terms})`}`,
      ),
    ),
    ...part('d_state', [
      `${w['past'] ?? ''}${colon} ${policy.pastTotal}`,
      ...policy.past.map(({ reason, rows, since }) => `${rows} ${reason} (${since})`),
      `${w['nextDue'] ?? ''}${colon} ${policy.nextDue}`,
    ]),
    ...part(
      'd_backlog',
      view.backlogs.flatMap(({ text, rows }) => [
        text,
        ...table(
          [
            { title: w['month'] ?? '' },
            { title: w['left'] ?? '', right: true },
            { title: w['straightLine'] ?? '', right: true },
          ],
          rows.map(({ month, left, line }) => [month, left, line]),
        ),
      ]),
    ),
    ...part(
      'd_runs',
      view.runs.map(
        ({ at, id, rows, mails }) => `${at}  ${id}  ${rows} ${policy.units}, ${mails} ${w['mails'] ?? ''}`,
      ),
    ),
    ...part('d_mail', view.mail === '' ? [] : [view.mail.subject]),
    ...part('d_review', [policy.reviewBy === '' ? (w['d_noReview'] ?? '') : policy.reviewBy]),
    '',
    ...(html === null ? [] : [`${w['page'] ?? ''} ${html}`]),
    `${w['d_end'] ?? ''}.`,
  ]
}
