/**
 * Tells the ledger outside who was erased and which mails were accepted. A file is on the disk before the
 * database says that its lines are told, so a kill in between tells them twice and never loses one; a line
 * that stands twice means the same.
 */
import { join } from 'node:path'
import { linesInFile, type LedgerLine } from '../audit/ledger.ts'
import { minuteOf } from '../audit/entry.ts'
import { entryFrom } from '../audit/entry-text.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { mailReferenceOf } from '../base/subject-ref.ts'
import { answersToTell, dropAnswers, setAnswersTold } from '../db/own/answers.ts'
import { dropOpeningsOver } from '../db/own/openings.ts'
import { setWarningsTold, warningsToTell, type WarningToTell } from '../db/own/sent-warnings.ts'
import {
  dropTombstones,
  setTombstonesTold,
  tombstonesToTell,
  type TombstoneToTell,
} from '../db/own/tombstones.ts'
import { forgetTold } from '../db/own/told.ts'
import type { Session } from '../db/session.ts'
import { beforeNow } from '../config/kept.ts'
import { staleDays } from '../plan/ladder.ts'
import type { JobContext } from './context.ts'
import { withLease } from './lease.ts'
import { openLedgerFiles, readLedgerFiles, type LedgerFiles } from './ledger-files.ts'
import { noteLedgerSecret } from './ledger-secret.ts'

/** Rows named in one statement. */
const pageSize = 500

/** A day of the calendar can be longer than one of 24 hours. */
const staleAfter = (staleDays + 1) * 86_400_000

/**
 * Everything that is not told yet; then, by the time of a run whose clock was guarded, forgets what was kept long
 * enough: files and tombstones go for good, and a clock that is ahead would take all of them. Safe to repeat.
 * Throws a `busy` error while somebody else tells: two writers would take files away from under each other.
 */
export async function tellLedger(ctx: JobContext, guarded: Instant | null): Promise<void> {
  await withLease(ctx, 'ledger', async (lease) => {
    const files = await openLedgerFiles(folderOf(ctx))
    // What the database calls told stands nowhere then.
    if (files.isEmpty) await forgetTold(ctx.database)
    const tell = async <T>({ untold, linesOf, setTold }: Source<T>): Promise<void> => {
      for (;;) {
        const rows = await untold(ctx.database, linesInFile)
        if (rows.length === 0) return
        await lease.stillOurs()
        await noteLedgerSecret(ctx)
        await files.append(rows.flatMap(linesOf))
        await point('references written')
        const outcome = await ctx.database.transaction(async (tx) => {
          for (let from = 0; from < rows.length; from += pageSize)
            await setTold(tx, rows.slice(from, from + pageSize))
        })
        if (outcome.state !== 'committed') throw outcome.error
        await point('references told')
      }
    }
    await tell({ untold: tombstonesToTell, linesOf: departure, setTold: setTombstonesTold })
    const linesOf = (one: WarningToTell) => [mailLine(ctx, one)]
    await tell({ untold: warningsToTell, linesOf, setTold: setWarningsTold })
    await tell({ untold: answersToTell, linesOf, setTold: setAnswersTold })
    if (guarded !== null) await expire(ctx, files, guarded)
  })
}

/** Rows that the ledger does not have yet. */
interface Source<T> {
  readonly untold: (session: Session, limit: number) => Promise<readonly T[]>
  readonly linesOf: (row: T) => readonly LedgerLine[]
  /** Of at most a page. Whatever is not marked by it is read again. */
  readonly setTold: (tx: Session, rows: readonly T[]) => Promise<void>
}

export function readLedger(ctx: Pick<JobContext, 'settings'>): AsyncGenerator<LedgerLine> {
  return readLedgerFiles(folderOf(ctx))
}

function folderOf(ctx: Pick<JobContext, 'settings'>): string {
  return join(ctx.settings.evidence.folder, 'ledger')
}

/** Nobody is told of as gone whose tombstone and entry do not say so: a replay would erase them. */
function departure(one: TombstoneToTell): readonly LedgerLine[] {
  const { kind, keyHash, hash, entryId, erasedAt, act } = one
  const person = { kind, key: keyHash, person: hash, entry: entryId, at: erasedAt }
  if (act === 'put back' || act === 'kept') return [{ v: '1', what: act, ...person }]
  const was = whatWas(one)
  return was === null ? [] : [{ v: '1', ...was, ...person }]
}

/** A version from before the ledger does not write down what it did; its entry says. */
function whatWas({ act, policy, leaf }: TombstoneToTell) {
  if (act === 'erased' || act === 'anonymised') return { what: act, policy }
  const entry = leaf === null ? null : entryFrom(leaf)
  if (entry?.kind === 'subject.erased') return { what: 'erased', policy: entry.policy.id } as const
  if (entry?.kind === 'subject.anonymised') return { what: 'anonymised', policy: entry.policy.id } as const
  return null
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

/**
 * Tombstones have a term of their own: they are only needed as long as a backup can bring somebody back. An answer
 * is needed as long as the warning could count. What opens a receipt has the time of its policy.
 */
async function expire(ctx: JobContext, files: LedgerFiles, now: Instant): Promise<void> {
  const day = isoInstant(beforeNow(ctx.settings.evidence.tombstonesKept, now)).slice(0, 10)
  while ((await dropTombstones(ctx.database, `${day}T00:00:00.000Z`, pageSize)) > 0);
  while ((await dropOpeningsOver(ctx.database, isoInstant(now), pageSize)) > 0);
  while ((await dropAnswers(ctx.database, now - staleAfter, pageSize)) > 0);
  await files.dropBefore(day)
}
