import { Argument, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { readBytes } from '../config/file-bytes.ts'
import { bounce } from '../jobs/bounce.ts'
import { deliver } from '../jobs/deliver.ts'
import { previewMail } from '../jobs/preview.ts'
import { prepare } from '../jobs/prepare.ts'
import { readBounces } from '../jobs/read-bounces.ts'
import { variants, type Variant } from '../policies/variant.ts'
import { deliveryLine } from './delivery-line.ts'
import {
  describeCommand,
  language,
  settingsOf,
  withContext,
  withReason,
  type CommonOptions,
} from './command.ts'
import type { Io } from './io.ts'
import { addBounces, addSelftest, readLines } from './mail-bounces.ts'
import type { Done } from './main.ts'

/** `oubli mail preview | deliver | bounce | bounces | selftest`. */
export function addMail(program: Command, io: Io, done: Done): void {
  const mail = program
    .command('mail')
    .description('warnings: see one, send what waits, take in what came back')
  addPreview(mail, io, done)
  const send = mail.command('deliver').description('take in what came back, then send the mails that wait')
  describeCommand(send, 'oubli mail deliver', [0, 1, 2, 4]).action(async (options: CommonOptions) => {
    await withReason(io, options, async (ctx) => {
      const lang = language(io, options)
      const prepared = await prepare(ctx, lang)
      const bounces = await readBounces(ctx, prepared)
      const summary = await deliver(ctx, prepared, null)
      if (options.json === true) io.out(JSON.stringify({ ...summary, bounces }))
      else {
        for (const line of readLines(bounces, lang)) io.out(line)
        io.out(deliveryLine(summary, lang))
        io.out(`why stopped: ${summary.stopped ?? 'all that waited was tried'}`)
      }
      done(summary.stopped === null ? 0 : 4)
    })
  })
  const back = mail
    .command('bounce')
    .addArgument(new Argument('<file>', 'a delivery status notification, or - for standard input'))
    .description('take in a mail that came back; what is no notification is for a person (exit code 3)')
  describeCommand(back, 'oubli mail bounce bounce.eml', [0, 1, 2, 3, 4, 6]).action(
    async (file: string, options: CommonOptions) => {
      const bytes =
        file === '-' ? Buffer.from(await io.input(), 'utf8') : await readBytes(resolve(io.cwd, file))
      await withContext(io, options, async (ctx) => {
        const result = await bounce(ctx, await prepare(ctx, language(io, options)), bytes)
        const words = {
          proven: 'The test mail came back: bounces are heard of, and the day is on record.',
          early: 'The mail is being sent at this moment. Nothing changed: give this again in a few minutes.',
          recorded: 'The acceptance was taken back; the person counts as not warned by that mail.',
          ignored: 'Nothing changed: not a mail of ours, no final failure, or taken in before.',
          unreadable:
            'This is not a delivery status notification (RFC 3464): nothing changed, and somebody should read it.',
        } as const
        io.out(options.json === true ? JSON.stringify({ result }) : words[result])
        // Not 2, by which nothing was looked at: whoever pipes mails in keeps those, and may let this one go.
        done(result === 'unreadable' ? 3 : result === 'early' ? 1 : 0)
      })
    },
  )
  addBounces(mail, io, done)
  addSelftest(mail, io, done)
}

interface PreviewFlags extends CommonOptions {
  readonly html?: boolean
  readonly variant?: Variant
  readonly last?: boolean
}

function addPreview(mail: Command, io: Io, done: Done): void {
  const command = mail
    .command('preview')
    .argument('[policy]', 'a policy that warns (default: the first)')
    .option('--html', 'print the HTML part instead of the text')
    .addOption(
      new Option('--variant <variant>', 'how much it says (default: as the policy says)').choices(variants),
    )
    .option('--last', 'the mail after the erasure instead of the first warning')
    .description('show a mail as a made-up person would get it; needs no database')
  describeCommand(command, 'oubli mail preview inactive-accounts --variant bare --lang fr', [0, 2]).action(
    async (policy: string | undefined, options: PreviewFlags) => {
      const { variant = null, last = false } = options
      const found = await previewMail(
        await settingsOf(io, options),
        { policy: policy ?? null, variant, last, lang: language(io, options) },
        io.clock(),
      )
      if (options.json === true) io.out(JSON.stringify(found))
      else if (options.html === true) io.out(found.html)
      else {
        if (found.from !== '') io.out(`From: ${found.from}`)
        io.out(`Subject: ${found.subject}`)
        io.out('')
        io.out(found.text)
      }
      done(0)
    },
  )
}
