import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ExitCode } from '../base/errors.ts'
import { takeBounces, type BouncesReport } from '../jobs/bounces.ts'
import { prepare } from '../jobs/prepare.ts'
import type { BouncesRead } from '../jobs/read-bounces.ts'
import { sendSelftest } from '../jobs/selftest.ts'
import type { Language } from '../policies/problem.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { roadLines } from './road.ts'
import { number } from './table.ts'
import { words } from './words.ts'

/** `oubli mail bounces`: takes in a whole folder. */
export function addBounces(mail: Command, io: Io, done: Done): void {
  const command = mail
    .command('bounces')
    .argument('<folder>', 'a folder with one mail in each file, or a Maildir')
    .option('--keep', 'leave every file where it is, and remove none')
    .description('take in all mails of a folder that came back')
  describeCommand(command, 'oubli mail bounces /var/mail/bounces', [0, 1, 2, 3, 4, 6]).action(
    async (folder: string, options: CommonOptions & { readonly keep?: boolean }) => {
      await withContext(io, options, async (ctx) => {
        const lang = language(io, options)
        const found = await takeBounces(
          ctx,
          await prepare(ctx, lang),
          resolve(io.cwd, folder),
          options.keep === true,
        )
        if (options.json === true) io.out(JSON.stringify(found))
        else {
          const lines = [...unreadLines(found, lang), ...bouncesLines(found, lang)]
          if (found.proven > 0) for (const line of roadLines('test came back', lang)) io.out(line)
          for (const line of lines.length === 0 ? [words(lang, 'Nothing lay in the folder.')] : lines)
            io.out(line)
        }
        done(found.left > 0 ? 3 : 0)
      })
    },
  )
}

function bouncesLines(found: BouncesReport, lang: Language): readonly string[] {
  const counted = [
    [found.recorded, 'taken in: the acceptance counts no more'],
    [found.proven, 'test mail(s) came back: bounces are heard of, and the day is on record'],
    [found.ignored, 'changed nothing: no final failure, not of a mail that stands, or taken in before'],
    [found.other, 'no notification of a mail of ours: somebody should read it'],
    [found.early, 'left for the next time: the mail is being sent'],
    [found.young, 'too young, taken next time: a mail program may still be writing it'],
    [
      found.left,
      'left where it was: not readable, not movable, not removable, a mailbox in one file (mbox), or a folder `done` or `other` that is a link or not readable',
    ],
    [found.removed, 'removed from `done`: read longer ago than mail.bounces.kept_days'],
    [
      found.old,
      'not removed, though older than mail.bounces.kept_days: mails in `other` that somebody should read and remove, or files in `done` that have no name of ours',
    ],
  ] as const
  return counted
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${number(count, lang)} ${words(lang, what)}`)
}

function unreadLines({ unread, unreadable, files }: BouncesReport, lang: Language): readonly string[] {
  if (unread + unreadable === 0) return []
  const names = files.join(', ') + (unread + unreadable > files.length ? ', …' : '')
  return [`WARNING  ${words(lang, unreadText, { files: names })}`]
}

const unreadText =
  'Nobody can open, or read as one mail: {files}. While such a file lies in mail.bounces.folder, no run erases anybody who was warned. Split a mailbox in one file (mbox) into a file for each mail (`git mailsplit -oFOLDER MBOX`; they are read a minute later) and move the mailbox itself into `other`, unpack what is packed, give the account that runs Oubli the right to read. Anything else somebody should read: correct the address in the site where it says that a person got no mail, then move it into `other`.'

/** Of a command that reads `mail.bounces.folder` before it does its own work. */
export function readLines(read: BouncesRead | null, lang: Language): readonly string[] {
  if (read === null) return []
  if ('failed' in read)
    return [
      `WARNING  ${words(lang, 'mail.bounces.folder could not be read ({code}): until it can be, no run erases anybody who was warned. `oubli mail bounces FOLDER` says why, and what to do.', { code: read.failed })}`,
    ]
  const lines = bouncesLines(read, lang).map((line) => `mail.bounces.folder: ${line}`)
  return [...unreadLines(read, lang), ...lines]
}

/** `oubli mail selftest`: a mail that has to come back. */
export function addSelftest(mail: Command, io: Io, done: Done): void {
  const command = mail
    .command('selftest')
    .requiredOption('--to <address>', 'a mailbox that does not exist; best at a domain of yours')
    .description('send a mail that must come back, to prove that bounces are heard of')
  describeCommand(command, 'oubli mail selftest --to nobody@boutique.example', [0, 1, 2, 4]).action(
    async (options: CommonOptions & { readonly to: string }) => {
      await withContext(io, options, async (ctx) => {
        const { result, code } = await sendSelftest(ctx, options.to)
        if (options.json === true) io.out(JSON.stringify({ result, code }))
        else for (const line of selftestLines(result, code)) io.out(line)
        const codes = { accepted: 0, unknown: 0, deferred: 1, rejected: 1 } as const
        done(codes[result] satisfies ExitCode)
      })
    },
  )
}

function selftestLines(
  result: 'accepted' | 'unknown' | 'deferred' | 'rejected',
  code: string | null,
): readonly string[] {
  const said = code === null ? '' : ` (${code})`
  switch (result) {
    case 'accepted':
    case 'unknown':
      return [
        `The test mail left${said}. Now it has to come back.`,
        'Give what comes back to `oubli mail bounces FOLDER`; that day is then on record.',
      ]
    case 'rejected':
      return [
        `The relay itself refused the address${said}: such a refusal is heard at once and proves nothing.`,
        'Choose an address that the relay takes and another server refuses.',
      ]
    case 'deferred':
      return [`The relay did not take the test mail${said}. Try again later.`]
  }
}
