/** What a report is made from: figures and words, gathered once, for one moment. Nothing here is masked. */
import type { Instant } from '../base/clock.ts'
import type { Alarm } from '../plan/alarms.ts'
import type { Frozen, Pace } from '../plan/backlog.ts'
import type { HeldUp } from '../plan/held-up.ts'
import type { SpareReason } from '../plan/decision.ts'
import type { Gap } from '../plan/coverage.ts'
import type { PlanProblem } from '../plan/problem-texts.ts'
import type { Standing } from '../plan/standing.ts'
import type { DataMap } from '../policies/data-map.ts'
import type { Policy } from '../policies/policy.ts'

/** A number, and how it came about. `at least`: there are more, and nobody counted them. */
export interface Figure {
  readonly rows: number
  readonly basis: 'exact' | 'estimate' | 'at least'
}

export type PastReason = 'due' | 'to warn' | SpareReason

/** Rows whose term has run out, and the earliest end of a term among them. */
export interface Past {
  readonly rows: number
  readonly since: Instant
}

/** Table → act → rows. */
export type Acts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What a policy did, in a run or in several. */
export interface Done {
  readonly rows: number
  readonly warned: number
  readonly returned: number
  readonly acts: Acts
  /** Of the rows done, asked after again, and still there; null: no run asked. */
  readonly again: { readonly asked: number; readonly left: number } | null
  /**
   * Of `warned` and `returned`. `at least`: a run left nothing but its entries; more can have been warned, and nobody
   * knows who came back. All else is exact even so: each entry is of the transaction that it tells.
   */
  readonly basis: 'exact' | 'at least'
}

export interface PolicyFacts {
  readonly policy: Policy
  /** A row is a person. */
  readonly subject: boolean
  readonly table: string
  readonly standing: Standing
  readonly alarms: readonly Alarm[]
  /** Rows that the promise speaks of and that are not done yet. */
  readonly scope: Figure
  /**
   * Of the row whose term ends first, or ended: the last instant of the day on which it can have begun. `not before`:
   * it began then or later, and its term ends after the forecast. Left out or null: there is none.
   */
  readonly oldest?: { readonly began: Instant; readonly basis: 'exact' | 'estimate' | 'not before' } | null
  /** Exact always. */
  readonly past: Readonly<Partial<Record<PastReason, Past>>>
  /**
   * With a date that cannot be true: nobody can say when their term ends. Among the rows that a plan looks at, and among
   * those whose searched column lies in the future; `at least`: more lie there than are counted. A row without any date
   * is met by no search, and in no figure.
   */
  readonly doubtful: Figure
  /** In the period of the report, in the parts that the page tells apart: a small one must stay hidden in every sum. */
  readonly done: readonly Done[]
  readonly setAside: { readonly rows: number; readonly since: Instant | null }
  readonly lastSuccess: Instant | null
  /** The last run that was to act by it, and what held it up there; null or left out: nothing is known of one. */
  readonly lastTry?: { readonly at: Instant; readonly heldUp: HeldUp } | null
  /** Since when it acts, under whichever terms; null: it never did. */
  readonly actsSince: Instant | null
  /** What was overdue when its terms began to act; null or left out: nothing was frozen. */
  readonly backlog?: BacklogFacts | null
  readonly next: { readonly at: Instant; readonly basis: 'exact' | 'estimate' } | null
  /** Month by month, as in `ReportFacts.months`. */
  readonly forecast: readonly Figure[]
}

export interface BacklogFacts extends Frozen {
  /** Still there at the moment of the report; exact. */
  readonly left: number
  /** What each run found before it acted, oldest first. */
  readonly points: readonly { readonly at: Instant; readonly left: number }[]
  readonly pace: Pace
}

export interface RunFacts {
  readonly id: string
  readonly asOf: Instant
  readonly job: string
  readonly state: 'running' | 'done' | 'partly' | 'failed' | 'refused' | 'interrupted'
  readonly whyStopped: string | null
  /** The most that a pilot was to do; null or left out: it was none. */
  readonly pilot?: number | null
  /** Rows done and mails queued, a number for each policy. */
  readonly rows: readonly number[]
  readonly mails: readonly number[]
  /** Of the mails, as in `Done`; left out: exact. */
  readonly basis?: Done['basis']
}

/** As declared when policies were approved to act; Oubli cannot look at a backup. Days are `YYYY-MM-DD`. */
export type DeclaredBackup =
  /** Of all that were named, the one that is kept longest. */
  | { readonly state: 'named'; readonly taken: string; readonly keptUntil: string }
  /** None was ever named; the newest word is that there is none. */
  | { readonly state: 'none'; readonly declaredOn: string }

export interface Residual {
  /** Whole days; 0: for ever; null: there is no binary log. */
  readonly binlogDays: number | null
  /** `FULL`: every column of an erased row stands in the log. */
  readonly binlogImage: string | null
  /** Old versions of rows that the server has not cleared away yet; null: it does not tell. */
  readonly history: number | null
  /** The server overwrites what it frees. Null: it has no such thing. */
  readonly wipes: boolean | null
  /** Replicas that the settings name. */
  readonly replicas: number
  /** What was last said of a backup; null or left out: nothing was. */
  readonly backup?: DeclaredBackup | null
  readonly server: string
}

export interface EvidenceFacts {
  readonly origin: string
  /** The newest signed checkpoint, word for word; null: none yet. */
  readonly checkpoint: string | null
  readonly size: number | null
  readonly sealed: number
  readonly unsealed: number
  /** People whom no ledger outside tells of yet. */
  readonly untold: number
  readonly verifierKey: string | null
  /** Places off the host that are set for the checkpoint, and those of them that lack one that was to go there. */
  readonly sinks: { readonly set: number; readonly behind: number }
}

/** Whether a mail that cannot be delivered is heard of. */
export type BouncesKnown =
  /** A test came back, not too long ago. */
  | { readonly state: 'proven'; readonly at: Instant }
  /** The settings say why none can. */
  | { readonly state: 'declared'; readonly because: string }
  /** The last one that came back did so too long ago. */
  | { readonly state: 'old'; readonly at: Instant }
  /** Sent, and not come back. */
  | { readonly state: 'waiting'; readonly since: Instant }
  | { readonly state: 'never' }

export interface ReportFacts {
  readonly asOf: Instant
  /** When it was made; `asOf` may lie ahead of it. */
  readonly now: Instant
  /** Period: `from` inclusive, `to` exclusive. */
  readonly from: Instant
  readonly to: Instant
  /** Figures were counted wherever they can be. */
  readonly counted: boolean
  readonly tool: string
  readonly fingerprint: string
  readonly dataMap: DataMap
  readonly everyPolicy: readonly Policy[]
  readonly policies: readonly PolicyFacts[]
  readonly problems: readonly PlanProblem[]
  readonly gaps: readonly Gap[]
  /** First instants of the months of the forecast; the first is `asOf`. */
  readonly months: readonly Instant[]
  /** Newest first. */
  readonly runs: readonly RunFacts[]
  readonly holds: { readonly active: number; readonly reviewPassed: number }
  readonly residual: Residual
  /** Null: no policy warns. */
  readonly bounces: BouncesKnown | null
  /** Mails that wait, of which none was taken for days. */
  readonly untaken?: number
  readonly evidence: EvidenceFacts
  /** Why nothing here is to be believed before a person has looked; null or left out: nothing. See `jobs/older.ts`. */
  readonly older?: OlderFacts | null
}

/** `fewer`: the database lacks the end of the log outside, as after a restored backup. */
export type OlderFacts =
  | { readonly why: 'fewer' | 'another'; readonly here: number; readonly outside: number }
  | { readonly why: 'unsigned' }
