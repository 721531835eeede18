/** What is known outside of people who went and of mails that were sent, and what the signed log says of it. */
import { entryFrom } from '../audit/entry-text.ts'
import type { DepartureLine, MailLine } from '../audit/ledger.ts'
import type { JobContext } from './context.ts'
import { readLedger } from './ledger.ts'
import { anotherHistory } from './older.ts'
import type { OutsideLog } from './outside-log.ts'
import { leafAt } from '../db/own/log-place.ts'

export interface Known {
  /** Tombstone over kind, key and identity → what became of the person, by policy. */
  readonly people: ReadonlyMap<string, readonly DepartureLine[]>
  /** Reference of a mail's person and cycle → mails that were accepted and did not come back. */
  readonly mails: ReadonlyMap<string, readonly MailLine[]>
  /** Ids of entries in the signed log that stand behind a line. */
  readonly proven: ReadonlySet<string>
  /** People whom the log names since this database's time, and of whom the ledger tells nothing. */
  readonly untold: number
  /** Holds that were set since, by their ids; the log does not say on whom. */
  readonly lostHolds: readonly string[]
}

/** Reads ledger and log whole. Throws an `evidence` error unless the log is the one that was signed. */
export async function readKnown(ctx: JobContext, log: OutsideLog, here: number): Promise<Known> {
  const { people, mails, entries } = await readLines(ctx)
  const ours = here === 0 ? null : await leafAt(ctx.database, here - 1)
  const proven = new Set<string>()
  const untold = new Map<string, number>()
  const holds = new Set<string>()
  for await (const { index, text } of log.entries()) {
    if (index === here - 1 && text !== ours)
      throw anotherHistory(`${ctx.settings.evidence.folder}/checkpoint`, index)
    const entry = entryFrom(text)
    if (entry?.kind === 'subject.erased' || entry?.kind === 'subject.anonymised') {
      if (entries.has(entry.id)) proven.add(entry.id)
      else if (index >= here) untold.set(entry.run, (untold.get(entry.run) ?? 0) + 1)
    }
    // A replay erases people whose first erasure is told already.
    if (entry?.kind === 'restore.reconciled') untold.delete(entry.run)
    if (entry?.kind === 'hold.set' && index >= here) holds.add(entry.hold)
    if (entry?.kind === 'hold.released') holds.delete(entry.hold)
  }
  return {
    people,
    mails,
    proven,
    untold: [...untold.values()].reduce((sum, count) => sum + count, 0),
    lostHolds: [...holds],
  }
}

async function readLines(ctx: JobContext) {
  const people = new Map<string, DepartureLine[]>()
  const mails = new Map<string, MailLine[]>()
  const entries = new Set<string>()
  for await (const line of readLedger(ctx)) {
    if ('mail' in line) addTo(mails, line.mail, line)
    else {
      // After a kill a line can stand in two files.
      const known = people.get(line.person) ?? []
      if (known.every(({ entry }) => entry !== line.entry)) addTo(people, line.person, line)
      entries.add(line.entry)
    }
  }
  for (const [reference, lines] of mails) mails.set(reference, standing(lines))
  return { people, mails, entries }
}

function addTo<T extends { readonly policy: string }>(to: Map<string, T[]>, key: string, line: T): void {
  const list = to.get(key)
  if (list === undefined) to.set(key, [line])
  else list.push(line)
}

/** Each mail once; whatever the order of the lines, one that came back was not a warning. */
function standing(lines: readonly MailLine[]): MailLine[] {
  const byPlace = new Map<string, MailLine>()
  for (const line of lines) {
    const place = `${line.round} ${line.step}`
    if (byPlace.get(place)?.what !== 'mail returned') byPlace.set(place, line)
  }
  return [...byPlace.values()].filter(({ what }) => what === 'mail accepted')
}
