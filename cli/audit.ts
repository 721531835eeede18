import type { Command } from 'commander'
import { readVerifierKey } from '../audit/keys.ts'
import { checkReceipt } from '../audit/receipt.ts'
import type { VerifyReport } from '../audit/verify.ts'
import { disk } from '../config/disk.ts'
import { isFolder, readText } from '../config/files.ts'
import type { JobContext } from '../jobs/context.ts'
import { olderThanLog, type Older } from '../jobs/older.ts'
import { personReceipt, receiptById, receiptDelivered } from '../jobs/person-receipt.ts'
import { verify, verifyCopy } from '../jobs/verify.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { findingText } from './finding-text.ts'
import type { Io } from './io.ts'
import { keyOf } from './key.ts'
import type { Done } from './main.ts'
import { printable } from './printable.ts'
import { receiptLines } from './receipt-lines.ts'
import { olderLines } from './replay.ts'
import { number } from './table.ts'
import { words } from './words.ts'
import type { Language } from '../policies/problem.ts'

interface KeyOption extends CommonOptions {
  readonly key?: string
}

const keyOption = [
  '--key <key>',
  'verifier key, or a file that holds it; without one nothing can be called verified',
] as const

/** `oubli audit`: checks the evidence, and hands out pieces of it that others can check. */
export function addAudit(program: Command, io: Io, done: Done): void {
  const audit = program.command('audit').description('evidence of what was done')
  addVerify(audit, io, done)
  addReceipt(audit, io, done)
  addCheck(audit, io, done)
}

interface VerifyOptions extends KeyOption {
  readonly since?: string
  readonly against?: string
}

function addVerify(audit: Command, io: Io, done: Done): void {
  const command = audit
    .command('verify')
    .description('recompute the log and compare it with its checkpoints, the database, and what others kept')
    .option(...keyOption)
    .option('--since <checkpoint>', 'a file with a checkpoint that somebody kept: the log must continue it')
    .option('--against <folder>', 'a folder with checkpoints that somebody kept, or with a copy of the log')
  describeCommand(command, 'oubli audit verify --key boutique.verifier', [0, 1, 2, 4, 6]).action(
    async (options: VerifyOptions) => {
      await withContext(io, options, async (ctx) => {
        const { since, against } = options
        const report = await verify(ctx, {
          key: await keyText(options.key ?? ctx.settings.evidence.verifierKey),
          ...(since === undefined ? {} : { since: { name: since, text: await readText(since) } }),
          ...(against === undefined ? {} : { against }),
        })
        const older = await olderThanLog(ctx)
        tellReport(io, options, report, older)
        done(report.state === 'verified' ? 0 : 6)
      })
    },
  )
}

interface ReceiptOptions extends CommonOptions {
  readonly person?: boolean
  readonly delivered?: boolean
}

function addReceipt(audit: Command, io: Io, done: Done): void {
  const command = audit
    .command('receipt')
    .argument('<id>', 'of a batch, of a run, of a request to stay, or of one entry; with --person the kind')
    .argument('[key]', 'with --person: the key; a composite key as value,value')
    .option(
      '--person',
      'name the person who was erased, for that person; `receipts:` of the policy says how long',
    )
    .option('--delivered', 'with --person: it has reached the person, so remove what names them')
    .description('one entry with the proof that it stands in the signed log, for `oubli audit check`')
  describeCommand(
    command,
    'oubli audit receipt 0f3c…e1 > erased.tlog-proof\n  oubli audit receipt --person account 42 > person.tlog-proof',
    [0, 1, 2, 4, 6],
  ).action(async (id: string, key: string | undefined, options: ReceiptOptions) => {
    const { person = false, delivered = false } = options
    if (person ? key === undefined : key !== undefined || delivered)
      command.error('error: expected an id, or --person with kind and key; --delivered goes with --person')
    await withContext(io, options, async (ctx) => {
      const given = await giveReceipt(ctx, id, key, delivered)
      if (options.json === true) io.out(JSON.stringify(given))
      else if ('receipt' in given) io.out(given.receipt.replace(/\n$/, ''))
      else
        io.out(
          words(language(io, options), 'Delivered: nothing here opens the entry {entry} any more.', {
            entry: given.entry,
          }),
        )
      done(0)
    })
  })
}

/** `key`: of a person, whose kind is then `id`. */
async function giveReceipt(
  ctx: JobContext,
  id: string,
  key: string | undefined,
  delivered: boolean,
): Promise<{ readonly receipt: string } | { readonly entry: string; readonly delivered: true }> {
  if (key === undefined) return { receipt: await receiptById(ctx, id) }
  const person = { kind: id, key: keyOf(key) }
  if (delivered) return { entry: await receiptDelivered(ctx, person), delivered }
  return { receipt: (await personReceipt(ctx, person)).receipt }
}

function addCheck(audit: Command, io: Io, done: Done): void {
  const command = audit
    .command('check')
    .argument('<file>', 'a receipt, or the folder of a copied log')
    .description('check a receipt or a copy of the log, without settings and without a database')
    .option(...keyOption)
  describeCommand(
    command,
    'oubli audit check erased.tlog-proof --key boutique.verifier',
    [0, 1, 2, 6],
  ).action(async (file: string, options: KeyOption) => {
    const key = await keyText(options.key ?? null)
    if (await isFolder(file)) {
      const report = await verifyCopy(disk, file, key)
      tellReport(io, options, report)
      done(report.state === 'verified' ? 0 : 6)
      return
    }
    const check = checkReceipt(await readText(file), key === null ? null : readVerifierKey(key))
    if (options.json === true) io.out(JSON.stringify(check))
    else for (const line of receiptLines(check, language(io, options))) io.out(line)
    done(check.state === 'verified' ? 0 : 6)
  })
}

/** A key itself has plus signs in it; anything else is the name of a file. */
async function keyText(wanted: string | null): Promise<string | null> {
  return wanted === null ? null : wanted.includes('+') ? wanted : await readText(wanted)
}

/** `older`: undefined where there is no database to compare with. */
function tellReport(io: Io, options: CommonOptions, report: VerifyReport, older?: Older | null): void {
  const lang = language(io, options)
  if (options.json === true) io.out(JSON.stringify({ ...report, older }))
  else for (const line of [...olderLines(older ?? null, lang), ...verifyLines(report, lang)]) io.out(line)
}

/** The same lines for `audit verify` and for the demo. */
export function verifyLines(report: VerifyReport, lang: Language): readonly string[] {
  const lines = report.findings.map((finding) => printable(`FOUND  ${findingText(finding, lang)}`))
  if (report.more > 0) lines.push(words(lang, '… and {count} more', { count: number(report.more, lang) }))
  if (report.older > 0)
    lines.push(
      words(lang, 'Checkpoints from elsewhere that were compared: {count}', {
        count: number(report.older, lang),
      }),
    )
  const counted = words(lang, '{entries} entries, newest checkpoint {size}', {
    entries: number(report.entries, lang),
    size:
      report.newest === null
        ? words(lang, 'none')
        : words(lang, 'over {size}', { size: number(report.newest.size, lang) }),
  })
  switch (report.state) {
    case 'verified':
      return [...lines, `VERIFIED  ${counted}`]
    case 'failed':
      return [...lines, `FAILED  ${counted}`]
    case 'unverified':
      return [
        ...lines,
        `UNVERIFIED  ${counted}; ${words(lang, 'no verifier key was given, so the signatures were not checked')}`,
      ]
  }
}
