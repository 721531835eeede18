/**
 * Tells the ledger outside who was erased and which mails were accepted. A file is on the disk before the
 * database says that its lines are told, so a kill in between tells them twice and never loses one; a line
 * that stands twice means the same.
 */
import { join } from 'node:path'
import {
  ledgerFile,
  ledgerLine,
  ledgerText,
  linesInFile,
  readLedgerFile,
  writeLedgerFile,
  type LedgerLine,
} from '../audit/ledger.ts'
import { minuteOf } from '../audit/entry.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { point } from '../base/point.ts'
import { mailReferenceOf } from '../base/subject-ref.ts'
import { namesIn, removeFile } from '../config/folder.ts'
import { readText, writeAtomic } from '../config/files.ts'
import { setWarningsTold, warningsToTell, type WarningToTell } from '../db/own/sent-warnings.ts'
import { dropTombstones, setTombstonesTold, tombstonesToTell, type Tombstone } from '../db/own/tombstones.ts'
import type { Session } from '../db/session.ts'
import { beforeNow } from '../config/kept.ts'
import type { JobContext } from './context.ts'

/** Rows named in one statement. */
const pageSize = 500

/** Beside a log that anybody may read: a reference links what became of one person. */
const ownerOnly = 0o600

function folderOf(ctx: Pick<JobContext, 'settings'>): string {
  return join(ctx.settings.evidence.folder, 'ledger')
}

/** Everything that is not told yet; then forgets what was kept long enough. Safe to repeat. */
export async function tellLedger(ctx: JobContext): Promise<void> {
  for (;;) {
    const people = await tombstonesToTell(ctx.database, linesInFile)
    if (people.length === 0) break
    await tell(ctx, people.map(departure), (tx) => inPages(people, (page) => setTombstonesTold(tx, page)))
  }
  for (;;) {
    const mails = await warningsToTell(ctx.database, linesInFile)
    if (mails.length === 0) break
    const lines = mails.map((one) => mailLine(ctx, one))
    await tell(ctx, lines, (tx) => inPages(mails, (page) => setWarningsTold(tx, page)))
  }
  await expire(ctx, await ctx.now())
}

async function tell(
  ctx: JobContext,
  lines: readonly LedgerLine[],
  told: (tx: Session) => Promise<void>,
): Promise<void> {
  await append(folderOf(ctx), lines)
  await point('references written')
  const outcome = await ctx.database.transaction(told)
  if (outcome.state !== 'committed') throw outcome.error
  await point('references told')
}

async function inPages<T>(all: readonly T[], work: (page: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += pageSize) await work(all.slice(from, from + pageSize))
}

function departure(one: Tombstone): LedgerLine {
  const { act, kind, keyHash, hash, entryId, policy, erasedAt } = one
  return { v: '1', what: act, kind, key: keyHash, person: hash, entry: entryId, policy, at: erasedAt }
}

function mailLine(ctx: JobContext, one: WarningToTell): LedgerLine {
  return {
    v: '1',
    what: one.state === 'accepted' ? 'mail accepted' : 'mail returned',
    kind: one.kind,
    policy: one.policy,
    mail: mailReferenceOf(ctx.ports.secret, one),
    round: String(one.round),
    step: String(one.step),
    terms: one.termsHash,
    announced: isoInstant(one.announced),
    at: minuteOf(one.at),
  }
}

/** The last file of a day is written anew with what is added, until it is full: a day stays a few files. */
async function append(folder: string, lines: readonly LedgerLine[]): Promise<void> {
  const days = new Map<string, string[]>()
  for (const line of lines) {
    const day = line.at.slice(0, 10)
    days.set(day, [...(days.get(day) ?? []), ledgerText(line)])
  }
  for (const [day, texts] of days) {
    const files = (await namesIn(folder)).map(ledgerFile).filter((file) => file?.day === day)
    const open = files.find((file) => file !== null && file.lines < linesInFile)?.name ?? null
    const before = open === null ? [] : await linesOf(folder, open)
    const all = [...new Set([...before, ...texts])]
    const written: string[] = []
    for (let from = 0; from < all.length; from += linesInFile) {
      const { name, text } = writeLedgerFile(day, all.slice(from, from + linesInFile))
      await writeAtomic(join(folder, name), text, ownerOnly)
      written.push(name)
    }
    if (open !== null && !written.includes(open)) await removeFile(folder, open)
  }
}

/** Throws an `evidence` error for a file that is not what its name says. */
async function linesOf(folder: string, name: string): Promise<readonly string[]> {
  const texts = readLedgerFile(name, await readText(join(folder, name)))
  if (texts === null) throw damaged(join(folder, name))
  return texts
}

export async function* readLedger(ctx: Pick<JobContext, 'settings'>): AsyncGenerator<LedgerLine> {
  const folder = folderOf(ctx)
  for (const name of await namesIn(folder)) {
    if (ledgerFile(name) === null) continue
    for (const text of await linesOf(folder, name)) {
      const line = ledgerLine(text)
      if (line === null) throw damaged(join(folder, name))
      yield line
    }
  }
}

/** Tombstones have a term of their own: they are only needed as long as a backup can bring somebody back. */
async function expire(ctx: JobContext, now: Instant): Promise<void> {
  const day = isoInstant(beforeNow(ctx.settings.evidence.tombstonesKept, now)).slice(0, 10)
  while ((await dropTombstones(ctx.database, `${day}T00:00:00.000Z`, pageSize)) > 0);
  const folder = folderOf(ctx)
  for (const name of await namesIn(folder)) {
    const file = ledgerFile(name)
    if (file !== null && file.day < day) await removeFile(folder, name)
  }
}

function damaged(path: string): OubliError {
  return new OubliError(
    'evidence',
    'E_LEDGER_DAMAGED',
    `${path}: expected the lines that its name was made of, found others; the file was cut or changed`,
    'Bring the file back from a copy of the evidence folder. Without it, people in it are not recognised after a restored backup.',
  )
}
