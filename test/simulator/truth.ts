/**
 * What really happened, as the world itself knows it: who signed in, what the relay answered, which hold was
 * set. The program never reads this; the invariants compare with it what the program did.
 */
import type { Instant } from '../../base/clock.ts'

export interface PersonTruth {
  readonly key: string
  /** How the tombstone of this person has to look. */
  readonly tombstone: string
  /** Part of the identity. */
  readonly created: string
  /** Latest instant of a sign of life that was committed; the start of the silence. Whole seconds. */
  lastSign: Instant
  /** When it was written, which can be later. */
  signWritten: Instant
  address: string | null
  addressHash: string | null
  /** When the address was last changed. */
  addressSince: Instant
  /** `canary`: must never be due. `exception`: is never to go. */
  readonly role: 'customer' | 'canary' | 'exception'
  /** Some value of the clock cannot be true. */
  doubtful: boolean
  restricted: boolean
  /** An order of the person is open: a duty to keep. */
  ordering: boolean
  /** Holds that were committed and not released. */
  holds: number
  /** The relay says never for this person's address. */
  refused: boolean
}

/** What an officer may have written; `terms` is the hash that the program gives them. */
export interface PolicyTruth {
  readonly terms: string
  readonly periodDays: number
  readonly warns: boolean
  readonly daysBefore: readonly number[]
  readonly noticeDays: number
  readonly refusals: number
  readonly waitDays: number
  readonly unreachable: 'erase' | 'a person decides'
  readonly noAddress: 'erase' | 'a person decides'
  /** Told to people, and neither gentler nor harsher. */
  readonly children: 'erase' | 'detach'
  readonly mostPeople: number
  readonly mostMails: number
  readonly stopAbove: number | null
}

export interface Send {
  readonly token: string
  readonly at: Instant
  /** Delivery in which it was sent. */
  readonly delivery: string
  /** `lost`: the relay took the mail, and the answer was lost. */
  readonly answer: 'accepted' | 'lost' | 'deferred' | 'rejected'
  readonly address: string
  /** The relay refused everybody just then. */
  readonly systemic: boolean
  readonly message: string
}

export interface Bounce {
  readonly token: string
  /** When it was taken in. */
  readonly at: Instant
  /** A server tried for days and gave up (4.x.x): nothing is said against the address. */
  readonly givenUp: boolean
}

/** Whatever else a report says: one in three is about a mail that was given up. */
export function isGivenUp(choice: number): boolean {
  return choice < 1 / 3
}

/** How a run ended, in its own words. */
export interface Report {
  readonly run: string
  readonly asOf: Instant
  readonly mode: 'observed' | 'enforced' | 'refused'
  /** Rows that enter what the policy does, as the run counted them. */
  readonly entering: number
  /** What the last run had left behind, as this run saw it. */
  readonly leftBefore: number
  readonly canaries: number
  readonly done: number
  /** People that its plan found due. */
  readonly due: number
  /** More was found than an approval of these very terms allows. */
  readonly approvedTooFew: boolean
  readonly stopAbove: number | null
  readonly terms: string
}

export interface Approval {
  readonly terms: string
  readonly until: Instant
  readonly most: number
  /** Terms of runs that had ended by then. */
  readonly observed: ReadonlySet<string>
}

export interface Truth {
  now: Instant
  readonly people: Map<string, PersonTruth>
  readonly policies: Map<string, PolicyTruth>
  readonly approvals: Approval[]
  /** Terms that acted before anybody looked. */
  readonly settled: Set<string>
  readonly sends: Send[]
  readonly bounces: Bounce[]
  readonly reports: Report[]
  /** Terms under which a run wrote down that it acts. */
  readonly enforced: { readonly terms: string; readonly asOf: Instant }[]
  /** Terms of every run that ended. */
  readonly observed: Set<string>
  /** Runs that a person let pass although the clock had jumped. */
  readonly gapAccepted: Set<string>
  /** Entries that were committed when a sealing began which has ended well. */
  readonly sealings: { readonly before: readonly string[] }[]
  /** Lines that the real program logged. */
  readonly logged: string[]
  /** COMMITs that were lost: what the program made of them, and what became of them. */
  readonly lostCommits: {
    readonly id: string
    taken: 'done' | 'failed' | null
    fate: 'done' | 'failed' | null
  }[]
}

export function emptyTruth(now: Instant, logged: string[] = []): Truth {
  return {
    now,
    people: new Map(),
    policies: new Map(),
    approvals: [],
    settled: new Set(),
    sends: [],
    bounces: [],
    reports: [],
    enforced: [],
    observed: new Set(),
    gapAccepted: new Set(),
    sealings: [],
    logged,
    lostCommits: [],
  }
}

/** Longer periods and notice only; what is told otherwise is the same. */
export function isGentler(before: PolicyTruth, after: PolicyTruth): boolean {
  return (
    after.periodDays >= before.periodDays &&
    (!after.warns || after.noticeDays >= before.noticeDays) &&
    after.children === before.children &&
    after.warns === before.warns &&
    after.unreachable === before.unreachable &&
    after.noAddress === before.noAddress
  )
}
