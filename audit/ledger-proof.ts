/**
 * Holds the ledger against the signed log. The ledger is not signed, and whoever can add to it must not be able
 * to have somebody erased, or taken for warned: a person needs an entry of their own that says the same as the
 * line, a mail one of as many entries as there are such mails.
 */
import type { Entry, SubjectEntry, WarningAcceptedEntry } from './entry.ts'
import { actsByTerms } from './entry-acts.ts'
import { ledgerText, type DepartureLine, type LedgerLine, type MailLine, type MarkLine } from './ledger.ts'

export interface Proof {
  /** Place of the entry in the log. */
  readonly index: number
  /** Hash of the terms under which it was done. */
  readonly terms: string
  /** What was done to which table under these terms: see `actsByTerms`. */
  readonly acts: ReadonlySet<string>
}

export interface Departure {
  readonly line: DepartureLine
  /**
   * Null: the log does not have the entry, as when it was copied before the ledger was; or somebody was put back
   * since, and the ledger does not tell whom.
   */
  readonly proof: Proof | null
}

/** A request to stay. */
export interface Kept {
  readonly line: MarkLine
  readonly request: string
  /** Place of the entry in the log. */
  readonly index: number
}

export interface ProvenLedger {
  /** Tombstone over kind, key and identity → what became of the person, by policy, since they were put back. */
  readonly people: ReadonlyMap<string, readonly Departure[]>
  /** Tombstone → requests to stay, oldest first. */
  readonly kept: ReadonlyMap<string, readonly Kept[]>
  /** Tombstone → the last time that the person was put back on purpose. */
  readonly putBack: ReadonlyMap<string, MarkLine>
  /** Reference of a mail's person and cycle → mails that were accepted, did not come back, and are in the log. */
  readonly mails: ReadonlyMap<string, readonly MailLine[]>
  /**
   * The same of those that came back or were answered, the latest of each place: what was accepted there until then
   * counts no more. One that left anew since may stand in `mails` as well.
   */
  readonly takenBack: ReadonlyMap<string, readonly MailLine[]>
  /** Lines about people that name an entry of the log which says something else. */
  readonly forged: number
  /** Mails that were left out, because the log has too few entries like them. */
  readonly unnamedMails: number
}

/** `dayOf`: the day of a moment in the zone in which announced days are written. */
export function proveLedger(dayOf: (at: number) => string) {
  const people = new Map<string, { line: DepartureLine; proof: Proof | null }[]>()
  const byEntry = new Map<string, { line: DepartureLine; proof: Proof | null }>()
  /** Entries that two different lines name: nobody can say which line was added. */
  const shared = new Set<string>()
  const marks = new Map<string, MarkLine>()
  const kept = new Map<string, Kept[]>()
  /** Tombstone → place of the last entry that says that the person was put back, and its line. */
  const backSince = new Map<string, { readonly index: number; readonly mark: MarkLine }>()
  const mails = new Map<string, MailLine[]>()
  const accepted = new Map<string, number>()
  /** Place of the last entry that says that somebody was put back, of whom no line tells who it was. */
  let nobodyBack = -1
  let forged = 0
  const actsOf = actsByTerms()
  return {
    /** All lines first. */
    addLine: (line: LedgerLine): void => {
      if ('mail' in line) {
        listIn(mails, line.mail).push(line)
        accepted.set(likeness(line, dayOf), 0)
        return
      }
      if (isMark(line)) {
        const known = marks.get(line.entry)
        if (known !== undefined && ledgerText(known) !== ledgerText(line)) shared.add(line.entry)
        marks.set(line.entry, line)
        return
      }
      const known = byEntry.get(line.entry)
      // After a kill a line can stand in two files.
      if (known !== undefined) {
        if (ledgerText(known.line) === ledgerText(line)) return
        shared.add(line.entry)
        listIn(people, line.person).push({ line, proof: null })
        return
      }
      const departure = { line, proof: null }
      byEntry.set(line.entry, departure)
      listIn(people, line.person).push(departure)
    },
    /** Then the whole log, from its first entry. True: a line names the entry. */
    addEntry: (index: number, entry: Entry): boolean => {
      if (entry.kind === 'warning.accepted') {
        const like = likenessOf(entry)
        const count = accepted.get(like)
        if (count !== undefined) accepted.set(like, count + 1)
      }
      const mark = marks.get(entry.id)
      if (mark !== undefined) {
        if (shared.has(entry.id) || !saysMark(mark, entry)) forged += 1
        else if (entry.kind === 'request.kept')
          listIn(kept, mark.person).push({ line: mark, request: entry.request, index })
        else backSince.set(mark.person, { index, mark })
      } else if (entry.kind === 'subject.put-back') nobodyBack = index
      const isErased = entry.kind === 'subject.erased'
      const acts = isErased || entry.kind === 'subject.anonymised' ? actsOf(entry) : new Set<string>()
      const departure = byEntry.get(entry.id)
      if (departure === undefined) return false
      if (shared.has(entry.id) || !saysDeparture(departure.line, entry)) forged += 1
      else departure.proof = { index, terms: entry.policy.terms, acts }
      return true
    },
    /** At the end of both. */
    proven: (): ProvenLedger => {
      const takenBack = latestOf(mails, 'mail returned')
      const standing = standingOf(latestOf(mails, 'mail accepted'), takenBack)
      const counts = new Map<string, number>()
      for (const lines of standing.values())
        for (const line of lines) {
          const like = likeness(line, dayOf)
          counts.set(like, (counts.get(like) ?? 0) + 1)
        }
      // Of too many nobody can say which is the one that was added.
      const tooMany = new Set(
        [...counts].filter(([like, n]) => n > (accepted.get(like) ?? 0)).map(([l]) => l),
      )
      const named = (line: MailLine): boolean => !tooMany.has(likeness(line, dayOf))
      return {
        people: doubted(sincePutBack(people, backSince), nobodyBack),
        kept,
        putBack: new Map([...backSince].map(([person, { mark }]) => [person, mark])),
        mails: new Map([...standing].map(([reference, lines]) => [reference, lines.filter(named)])),
        takenBack,
        forged,
        unnamedMails: [...tooMany].reduce((sum, like) => sum + (counts.get(like) ?? 0), 0),
      }
    },
  }
}

function saysDeparture({ what, policy, at }: DepartureLine, entry: Entry): entry is SubjectEntry {
  if (entry.kind !== 'subject.erased' && entry.kind !== 'subject.anonymised') return false
  if (entry.kind !== `subject.${what}`) return false
  return entry.policy.id === policy && entry.as_of.slice(0, 10) === at.slice(0, 10)
}

function isMark(line: DepartureLine | MarkLine): line is MarkLine {
  return line.what === 'put back' || line.what === 'kept'
}

function saysMark({ what, at }: MarkLine, entry: Entry): boolean {
  const kind = what === 'kept' ? 'request.kept' : 'subject.put-back'
  return entry.kind === kind && entry.t.slice(0, 10) === at.slice(0, 10)
}

/** Of somebody who was put back only what was done afterwards. */
function sincePutBack(
  people: ReadonlyMap<string, readonly Departure[]>,
  backSince: ReadonlyMap<string, { readonly index: number }>,
): ReadonlyMap<string, readonly Departure[]> {
  if (backSince.size === 0) return people
  const left = [...people].map(([person, departures]) => {
    const since = backSince.get(person)?.index ?? -1
    return [person, departures.filter(({ proof }) => proof === null || proof.index > since)] as const
  })
  return new Map(left.filter(([, departures]) => departures.length > 0))
}

/** Any of those who went before it may be the one who was put back: none of them is proven to stay gone. */
function doubted(
  people: ReadonlyMap<string, readonly Departure[]>,
  nobodyBack: number,
): ReadonlyMap<string, readonly Departure[]> {
  if (nobodyBack === -1) return people
  return new Map(
    [...people].map(([person, departures]) => [
      person,
      departures.map(({ line, proof }) => ({
        line,
        proof: proof === null || proof.index < nobodyBack ? null : proof,
      })),
    ]),
  )
}

/** Of each place of a mail the latest line that says so. After a restored backup a place is written to again. */
function latestOf(
  mails: ReadonlyMap<string, readonly MailLine[]>,
  how: MailLine['what'],
): ReadonlyMap<string, readonly MailLine[]> {
  return new Map(
    [...mails].map(([reference, lines]) => {
      const byPlace = new Map<string, MailLine>()
      for (const line of lines) {
        if (line.what !== how) continue
        const known = byPlace.get(placeOf(line))
        if (known === undefined || line.at > known.at) byPlace.set(placeOf(line), line)
      }
      return [reference, [...byPlace.values()]]
    }),
  )
}

/** Those that left later than any from their place came back; in one minute nobody knows, and it did come back. */
function standingOf(
  accepted: ReadonlyMap<string, readonly MailLine[]>,
  returned: ReadonlyMap<string, readonly MailLine[]>,
): ReadonlyMap<string, readonly MailLine[]> {
  return new Map(
    [...accepted].map(([reference, lines]) => {
      const ends = new Map((returned.get(reference) ?? []).map((line) => [placeOf(line), line.at]))
      return [reference, lines.filter((line) => line.at > (ends.get(placeOf(line)) ?? ''))]
    }),
  )
}

function placeOf({ round, step }: MailLine): string {
  return `${round} ${step}`
}

/** All that line and entry both say. */
function likeness(line: MailLine, dayOf: (at: number) => string): string {
  const { policy, terms, round, step, announced, at } = line
  return [policy, terms, round, step, dayOf(Date.parse(announced)), at].join(' ')
}

function likenessOf({ policy, round, step, announced, t }: WarningAcceptedEntry): string {
  return [policy.id, policy.terms, round, step, announced, t].join(' ')
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const list: T[] = []
  lists.set(key, list)
  return list
}
