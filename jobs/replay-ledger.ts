/** What is known outside of people who went and of mails that were sent, and what the signed log says of it. */
import { entryFrom } from '../audit/entry-text.ts'
import { proveLedger, type ProvenLedger } from '../audit/ledger-proof.ts'
import { OubliError } from '../base/errors.ts'
import { sealedSize } from '../db/own/entries.ts'
import { leafAt } from '../db/own/log-place.ts'
import { civilDate } from '../plan/civil.ts'
import { isErasedAfter } from '../plan/replay.ts'
import type { JobContext } from './context.ts'
import { readLedger } from './ledger.ts'
import { anotherHistory } from './older.ts'
import type { OutsideLog } from './outside-log.ts'
import { backupOf, type Backup } from './replay-backup.ts'

export interface Known extends Pick<
  ProvenLedger,
  'people' | 'kept' | 'putBack' | 'mails' | 'takenBack' | 'unnamedMails'
> {
  readonly backup: Backup
  /** People whom the log names since this database's time, and of whom the ledger tells nothing. */
  readonly untold: number
  /** Holds that were set since, by their ids; the log does not say on whom. */
  readonly lostHolds: readonly string[]
  /** Requests to stay that were made since, by their ids, of people who were not erased later. */
  readonly lostRequests: readonly string[]
  /** Hashes of all terms under which a policy was let act, see `actingTerms`: the log knows also those since the backup. */
  readonly acted: ReadonlySet<string>
  /** The latest moment that the log tells of, ISO 8601; empty: it tells of none. */
  readonly newest: string
}

/**
 * Reads ledger and log whole. Throws an `evidence` error unless the log is the one that was signed, and a
 * `refused` error when the ledger contradicts it. `zone`: of announced days.
 */
export async function readKnown(ctx: JobContext, log: OutsideLog, zone: string): Promise<Known> {
  const ledger = proveLedger((at) => civilDate(at, zone))
  for await (const line of readLedger(ctx)) ledger.addLine(line)
  const here = Math.min(await sealedSize(ctx.database), log.checkpoint.size)
  const backup = await backupOf(ctx, log, here)
  const { from } = backup.lacks
  const ours = here === 0 ? null : await leafAt(ctx.database, here - 1)
  const untold = new Map<string, number>()
  const replays = new Set<string>()
  const holds = new Set<string>()
  const requests = new Set<string>()
  const acted = new Set<string>()
  let newest = ''
  for await (const { index, text } of log.entries()) {
    if (index === here - 1 && text !== ours)
      throw anotherHistory(`${ctx.settings.evidence.folder}/checkpoint`, index)
    const entry = entryFrom(text)
    if (entry === null) continue
    const at = 'as_of' in entry ? entry.as_of : entry.t
    if (at > newest) newest = at
    const told = ledger.addEntry(index, entry)
    if (entry.kind === 'subject.erased' || entry.kind === 'subject.anonymised') {
      if (!told && index >= from) untold.set(entry.run, (untold.get(entry.run) ?? 0) + 1)
    }
    if (entry.kind === 'terms.changed') acted.add(entry.policy.terms)
    if (entry.kind === 'restore.reconciled') replays.add(entry.run)
    if (entry.kind === 'hold.set' && index >= from) holds.add(entry.hold)
    if (entry.kind === 'request.kept' && index >= from) requests.add(entry.request)
    if (entry.kind === 'hold.released') holds.delete(entry.hold)
  }
  const { people, kept, putBack, mails, takenBack, unnamedMails, forged } = ledger.proven()
  if (forged > 0) throw contradicted(ctx, forged)
  for (const [person, asked] of kept)
    for (const { request, index } of asked)
      if (isErasedAfter(people.get(person) ?? [], index)) requests.delete(request)
  return {
    ...{ people, kept, putBack, mails, takenBack, unnamedMails, backup, newest, acted },
    // A replay erases people whose first erasure is told already. Entries of one moment stand in any order.
    untold: [...untold].reduce((sum, [run, count]) => sum + (replays.has(run) ? 0 : count), 0),
    lostHolds: [...holds],
    lostRequests: [...requests],
  }
}

function contradicted({ settings }: JobContext, lines: number): OubliError {
  return new OubliError(
    'refused',
    'E_REPLAY_UNNAMED',
    `${settings.evidence.folder}/ledger: expected for each person an entry of their own in the signed log, found ${lines} line(s) that name an entry which says something else`,
    'Nothing was changed. The ledger was changed: bring the whole evidence folder back from its newest copy, and ask who could write to it.',
  )
}
