import { InvalidArgumentError, Option, type Command } from 'commander'
import { replay } from '../jobs/replay.ts'
import type { Above } from '../plan/replay-ceilings.ts'
import type { ReplayReport } from '../jobs/replay-look.ts'
import type { Older } from '../jobs/older.ts'
import type { Language } from '../policies/problem.ts'
import { describeCommand, language, withReason, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { showProgress } from './progress.ts'
import { number, table } from './table.ts'
import { wordOf, words } from './words.ts'

interface ReplayOptions extends CommonOptions {
  readonly confirm?: boolean
  readonly atMost?: number
  readonly acceptClockGap?: boolean
}

/** `oubli replay`: after a restored backup, erases again whom the log says were erased. */
export function addReplay(program: Command, io: Io, done: Done): void {
  const command = program
    .command('replay')
    .description('after a restored backup: show who came back, and erase them again once confirmed')
    .option('--confirm', 'do what was shown; without it nothing is changed')
    .addOption(
      new Option(
        '--at-most <people>',
        'let up to so many people go again, where stop_above of the policies lets fewer; never more, and never a canary',
      ).argParser(people),
    )
    .option('--accept-clock-gap', 'although the database clock is far ahead of the newest entry of the log')
  describeCommand(
    command,
    'oubli replay\n  oubli replay --confirm --at-most 120',
    [0, 1, 2, 3, 4, 5, 6],
  ).action(async (options: ReplayOptions) => {
    await withReason(io, options, async (ctx) => {
      const lang = language(io, options)
      const json = options.json === true
      const report = await replay(ctx, {
        confirm: options.confirm === true,
        atMost: options.atMost ?? null,
        acceptClockGap: options.acceptClockGap === true,
        onProgress: showProgress(io, { json, lang, every: 60 }),
        lang,
      })
      io.live?.('')
      if (json) io.out(JSON.stringify(replayJson(report)))
      else for (const line of replayLines(report, lang)) io.out(line)
      done(report.exit)
    })
  })
}

function replayJson(report: ReplayReport): unknown {
  return {
    confirmed: report.confirmed,
    older: report.older,
    policies: report.policies,
    going: report.going,
    above: report.above,
    mails_sent_before: report.mails.sent,
    mails_remembered: report.mails.fresh,
    mails_taken_back: report.mails.takenBack,
    last_mails_not_sent: report.lastMails,
    left_behind: report.leftBehind,
    mails_unnamed: report.unnamedMails,
    not_found: report.notFound,
    lost_kinds: report.lostKinds,
    untold: report.untold,
    lost_holds: report.lostHolds,
    kept_again: report.keptAgain,
    lost_requests: report.lostRequests,
    exit: report.exit,
    why_stopped: report.whyStopped,
  }
}

/** For every command that only reads: that the database is older than its log, or nothing. */
export function olderLines(older: Older | null, lang: Language): readonly string[] {
  if (older === null) return []
  if (older.why === 'unsigned')
    return [
      words(
        lang,
        'REFUSED  The checkpoint outside is not signed by the key that is here: bring the right key back (docs/restore.md).',
      ),
    ]
  const counts = { here: number(older.here, lang), outside: number(older.outside, lang) }
  return [
    older.why === 'another'
      ? words(lang, 'REFUSED  The database and the log outside have different pasts: docs/restore.md.')
      : words(
          lang,
          'OLDER  The database has {here} sealed entries, the log outside {outside}: a backup was restored. Nothing runs until `oubli replay`.',
          counts,
        ),
  ]
}

function replayLines(report: ReplayReport, lang: Language): readonly string[] {
  const { mails, lastMails, leftBehind, unnamedMails, lostKinds, lostHolds } = report
  const counted = (count: number, text: Parameters<typeof words>[1]): readonly string[] =>
    count === 0 ? [] : [words(lang, text, { count: number(count, lang) })]
  return [
    ...olderLines(report.older, lang),
    ...(report.policies.length === 0 ? [] : peopleTable(report, lang)),
    ...report.above.map((one) => `ALARM  ${aboveText(one, lang)}`),
    ...(mails.sent === 0
      ? []
      : [
          words(lang, '{sent} mails were sent before; {fresh} of them would have been sent again.', {
            sent: number(mails.sent, lang),
            fresh: number(mails.fresh, lang),
          }),
        ]),
    ...counted(
      mails.takenBack,
      '{count} mails came back or were answered since, which this database did not know: they count no more.',
    ),
    ...counted(
      lastMails,
      '{count} mails after an erasure that waited in the backup are not sent: they may have left since.',
    ),
    ...counted(
      leftBehind,
      'Asked again afterwards, the database still had {count} rows of people who went: see who writes them.',
    ),
    ...counted(
      unnamedMails,
      '{count} mails in the ledger are not in the signed log; they are not taken for sent.',
    ),
    ...lostKinds.map(({ kind, people, why }) =>
      words(
        lang,
        '{count} people of the kind {kind} cannot be looked for, as the data map has no such kind that can be read[[ ({why})]]; --confirm refuses.',
        { count: number(people, lang), kind, why },
      ),
    ),
    ...counted(
      report.untold,
      '{count} people in the log cannot be looked for: no reference to them was kept.',
    ),
    ...counted(
      report.notFound,
      '{count} people who went since the backup were not found: they registered after it, or their identity is read otherwise today.',
    ),
    ...lostHolds.map((id) =>
      words(lang, 'The hold {id} was set after the backup and is not here: set it again.', { id }),
    ),
    ...counted(report.keptAgain, '{count} requests to stay that the backup did not have are recorded again.'),
    ...report.lostRequests.map((id) =>
      words(
        lang,
        'The request to stay {id} was recorded after the backup and is not here: record it again.',
        {
          id,
        },
      ),
    ),
    ...(report.confirmed || report.whyStopped !== 'looked only, nothing was changed'
      ? []
      : hintOf(report, lang)),
    `why stopped: ${report.whyStopped}`,
  ]
}

function hintOf({ above, going }: ReplayReport, lang: Language): readonly string[] {
  if (above.some(({ kind }) => kind === 'canary')) return []
  if (above.length === 0) return [words(lang, 'To do this: oubli replay --confirm')]
  return [words(lang, 'To do this: oubli replay --confirm --at-most {count}', { count: String(going) })]
}

function aboveText({ policy, kind, found, limit, population, percent }: Above, lang: Language): string {
  const counts = { policy, count: number(found, lang), limit: number(limit, lang) }
  switch (kind) {
    case 'share':
      return words(
        lang,
        '{policy}: {count} people go again, more than {percent} % of {people} ({limit}). Is it the right backup?',
        { ...counts, percent: number(percent, lang), people: number(population, lang) },
      )
    case 'count':
      return words(
        lang,
        '{policy}: {count} people go again, more than {limit}. Is it the right backup?',
        counts,
      )
    case 'canary':
      return words(
        lang,
        '{policy}: {count} canaries would go again. They never went: the ledger or the data map is wrong; no number lets this pass.',
        counts,
      )
    case 'number':
      return words(lang, '{count} people go again, more than --at-most {limit}.', counts)
  }
}

function people(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

function peopleTable({ policies }: ReplayReport, lang: Language): readonly string[] {
  return table(
    [
      { title: words(lang, 'POLICY') },
      { title: words(lang, 'ACTION') },
      { title: words(lang, 'AGAIN'), right: true },
      { title: words(lang, 'HELD'), right: true },
      { title: words(lang, 'RESTRICTED'), right: true },
      { title: words(lang, 'LEFT'), right: true },
    ],
    policies.map((one) => [
      one.policy,
      wordOf(lang, one.what === 'erased' ? 'erase' : 'anonymise'),
      number(one.again, lang),
      number(one.held, lang),
      number(one.restricted, lang),
      number(one.left, lang),
    ]),
  )
}
