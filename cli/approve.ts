import type { Command } from 'commander'
import { approve, type Approval, type ApproveOptions } from '../jobs/approve.ts'
import type { Backup, Enforcement } from '../jobs/first-enforcement.ts'
import { prepare } from '../jobs/prepare.ts'
import { civilDate, type CivilDate } from '../plan/civil.ts'
import type { Language } from '../policies/problem.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { announcedWords } from './announced-words.ts'
import { dayOption } from './day-option.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { nameOption } from './name-option.ts'
import { roadLines } from './road.ts'
import { day, number } from './table.ts'
import { words } from './words.ts'

interface Options extends CommonOptions {
  readonly by?: string
  readonly policy?: readonly string[]
  readonly backupTaken?: string
  readonly backupKeptUntil?: string
  /** `true` where `--no-backup` was not said: the parser takes the option for a switch that is on. */
  readonly backup: string | true
  readonly backlogBy?: string
}

/** `oubli approve FINGERPRINT`: lets this very plan act for seven days, up to the counts found now. */
export function addApprove(program: Command, io: Io, done: Done): void {
  const command = program
    .command('approve')
    .argument('<fingerprint>', 'as `oubli plan` prints it; its first 8 characters are enough')
    .description('let this very plan act, for seven days and up to the counts found now')
    .option('--by <name>', 'who approves; stays in the database and is not verified')
    .option('--policy <id...>', 'only these; a policy that acts for the first time must be named')
    .option('--backup-taken <day>', 'first time: the day of the backup that you took, YYYY-MM-DD')
    .option('--backup-kept-until <day>', 'first time: the day on which that backup goes')
    .option('--no-backup <why>', 'first time: there is none, and why')
    .option('--backlog-by <day>', 'the day to finish by with what is overdue now (default: from per_run)')
  describeCommand(
    command,
    'oubli approve 3f9c2a71 --by DPO\n  oubli approve 3f9c2a71 --by DPO --policy inactive-accounts --backup-taken 2026-11-25 --backup-kept-until 2027-02-25',
    [0, 1, 2, 4],
  ).action(async (fingerprint: string, options: Options) => {
    const backup = backupOf(command, options)
    await withContext(io, options, async (ctx) => {
      const lang = language(io, options)
      const prepared = await prepare(ctx, lang)
      const { zone } = prepared.dataMap
      const said = wordsOf(options, backup, zone)
      const approval = await approve(ctx, prepared, fingerprint, said)
      if (options.json === true) io.out(JSON.stringify(approval))
      else for (const line of approvalLines(approval, said, lang, zone)) io.out(line)
      done(0)
    })
  })
}

/** Days as they were typed; null: nothing was said. */
function backupOf(command: Command, options: Options): Backup | null {
  const { backupTaken: taken, backupKeptUntil: keptUntil, backup } = options
  const days = taken !== undefined || keptUntil !== undefined
  if (typeof backup === 'string') {
    if (days || backup.trim() === '')
      command.error('error: expected --no-backup "why", without the days of a backup')
    return { none: backup.trim() }
  }
  if (!days) return null
  if (taken !== undefined && keptUntil !== undefined) return { taken, keptUntil }
  return command.error('error: --backup-taken and --backup-kept-until go together')
}

function wordsOf(options: Options, backup: Backup | null, zone: string): ApproveOptions {
  const read = (name: string, text: string): CivilDate => civilDate(dayOption(name, text, zone), zone)
  return {
    by: options.by === undefined ? null : nameOption('--by', options.by),
    policies: options.policy ?? [],
    backup:
      backup === null || 'none' in backup
        ? backup
        : {
            taken: read('--backup-taken', backup.taken),
            keptUntil: read('--backup-kept-until', backup.keptUntil),
          },
    backlogBy: options.backlogBy === undefined ? null : read('--backlog-by', options.backlogBy),
  }
}

function approvalLines(
  approval: Approval,
  said: ApproveOptions,
  lang: Language,
  zone: string,
): readonly string[] {
  const { most, announced, backlogs, enforcement, until } = approval
  return [
    ...Object.entries(most).map(([policy, rows]) =>
      words(lang, '{policy}: up to {count}', { policy, count: number(rows, lang) }),
    ),
    ...Object.entries(announced).map(([policy, people]) => `${policy}: ${announcedWords(people, lang)}`),
    ...backlogs
      .filter(({ row }) => row.size > 0)
      .map(({ row, pace, about, byCalendar }) =>
        words(
          lang,
          byCalendar
            ? '{policy}: {count} are overdue now; by the calendar of `oubli plan` the last goes about {about}. To be finished by {by}.'
            : '{policy}: {count} are overdue now; at {pace} a run the last goes about {about}. To be finished by {by}.',
          {
            policy: row.policy,
            count: number(row.size, lang),
            pace: number(pace.perRun, lang),
            about,
            by: row.by,
          },
        ),
      ),
    ...(enforcement === null ? [] : enforcementLines(enforcement, lang)),
    ...unusedLines(approval, said, lang),
    ...(enforcement === null ? [] : roadLines('approved', lang)),
    words(lang, 'Approved until {day}. The next run may act.', { day: day(until, zone) }),
  ]
}

/** Words that were typed and that nothing keeps: whoever typed them must not count on them. */
function unusedLines(
  { backlogs, enforcement }: Approval,
  said: ApproveOptions,
  lang: Language,
): readonly string[] {
  const unused: string[] = []
  if (said.backlogBy !== null && backlogs.every(({ row }) => row.size === 0))
    unused.push(
      words(lang, '--backlog-by {day} applies to nothing: no policy with new terms has anything overdue.', {
        day: said.backlogBy,
      }),
    )
  if (said.backup !== null && enforcement === null)
    unused.push(
      words(
        lang,
        'The word on the backup was not kept: no policy acts for the first time under this approval.',
      ),
    )
  return unused
}

function enforcementLines(
  { policies, backup, binlogDays, comesBack }: Enforcement,
  lang: Language,
): readonly string[] {
  const lines =
    'none' in backup
      ? [
          words(lang, 'No backup: {reason}', { reason: backup.none }),
          words(lang, 'Nothing that is erased wrongly can be brought back.'),
        ]
      : [
          words(lang, 'Backup of {taken}, kept until {until}.', {
            taken: backup.taken,
            until: backup.keptUntil,
          }),
          words(
            lang,
            'Restored today, the backup would bring back {count} people who were erased since, and after each run those whom it erased; `oubli replay` erases them again (docs/restore.md).',
            { count: number(comesBack, lang) },
          ),
        ]
  return [
    ...lines,
    binlogWords(binlogDays, lang),
    words(lang, 'First time: begin with ten of each, oubli run --policy {policy} --pilot 10', {
      policy: Object.keys(policies)[0] ?? '',
    }),
  ]
}

function binlogWords(days: number | null, lang: Language): string {
  if (days === null) return words(lang, 'The server has no binary log.')
  if (days === 0) return words(lang, 'The binary log of the server keeps erased rows for ever.')
  return words(lang, 'The binary log of the server keeps erased rows for {days} day(s).', {
    days: number(days, lang),
  })
}
