/**
 * What `plan` and `run` both work from: one policy, tied to the live schema. Made by `compile.ts`, executed
 * by `engine/`. Everything that a statement needs is here; no name in it came from anywhere but the schema.
 */
import type { Policy } from '../policies/policy.ts'
import type { Period } from '../policies/period.ts'
import type { Event, Strategy, TimeFormat } from '../policies/data-map.ts'
import type { ColumnFamily } from './site-schema.ts'

export interface KeyColumn {
  readonly name: string
  readonly family: ColumnFamily
}

/** How values are compared with those of a column; left out: as texts. An index on a BIT finds no text. */
interface Compared {
  readonly family?: 'integer'
}

export interface Constant extends Compared {
  readonly column: string
  readonly value: string
}

/** A column that tells the time, its format settled from the live type. */
export interface ClockColumn {
  readonly column: string
  readonly format: TimeFormat
  readonly zone: string
  readonly never: readonly (string | null)[]
  readonly ordered: boolean
  readonly family: ColumnFamily
  /** The column holds JSON, and the time stands in it at this place. */
  readonly path?: string
}

/** Rows of one table tied to rows of another: own column → column of the parent, in this order. */
export interface Join {
  readonly table: string
  readonly columns: readonly { readonly own: string; readonly parent: string }[]
  /** Constants of a polymorphic link. */
  readonly where: readonly Constant[]
  /** A live foreign key enforces it. */
  readonly enforced: boolean
  /**
   * Where its foreign key refers to other columns than the first of the parent's primary key: those columns, and the
   * indexes by which a parent is to be locked as well, or new children do not wait for us. None known: nothing holds.
   */
  readonly guard?: { readonly key: readonly KeyColumn[]; readonly indexes: readonly string[] }
  /** Own columns that hold bytes, where there are any: their values are bound as bytes, not as text. */
  readonly bytes?: readonly string[]
  /** Own columns that hold numbers, where there are any: what ZEROFILL prints on one side says the same as the other. */
  readonly numbers?: readonly string[]
}

/** A source of a clock in another table: `joins` lead from the root's row outwards to `clock`'s table. */
export interface ClockSource {
  /** Empty: a column of the root's own table. */
  readonly joins: readonly Join[]
  readonly clock: ClockColumn
}

export interface StateTest extends Compared {
  readonly name: string
  readonly joins: readonly Join[]
  readonly column: string
  readonly values: readonly string[]
}

export type RootCondition =
  | (Compared & { readonly column: string; readonly test: 'is one of'; readonly values: readonly string[] })
  | { readonly column: string; readonly test: 'at least' | 'below'; readonly amount: string }

/** Own columns of the root, read under lock and judged by `decide`. */
export interface ColumnTest extends Compared {
  readonly column: string
  readonly values: readonly string[]
}

export interface ColumnChange {
  readonly column: string
  readonly family: ColumnFamily
  /** As the server spells it. */
  readonly type: string
  readonly length: number | null
  readonly nullable: boolean
  readonly strategy: Strategy
}

export type StepAct =
  | { readonly act: 'erase' }
  | { readonly act: 'detach' } // only the link is set to NULL
  | { readonly act: 'anonymise'; readonly changes: readonly ColumnChange[]; readonly done: string | null }
  | {
      readonly act: 'archive'
      readonly into: string
      /** Archive column → source column. */
      readonly columns: readonly { readonly to: string; readonly from: string }[]
    }

/** One table that leaves with the root. Steps stand leaves first; keys of `from` are known before its own. */
export interface Step {
  /** Unique in the plan: the kind, or `kind.column` for a reference. */
  readonly name: string
  readonly kind: string | null
  readonly table: string
  readonly key: readonly KeyColumn[]
  /** Name of the step whose rows lead here; null: the root. */
  readonly from: string | null
  readonly join: Join
  /** Self reference inside the table to be emptied first, leaf rows before their parents. */
  readonly selfReference: {
    readonly column: string
    readonly parent: string
    readonly nullable: boolean
  } | null
  /** Columns set to NULL before anything is deleted, because they close a cycle. */
  readonly nullFirst: readonly string[]
  readonly then: StepAct
}

export interface CompiledClock {
  readonly event: Event
  /** The first is scanned; every one is judged. */
  readonly sources: readonly ClockSource[]
  readonly else: ClockColumn | null
  readonly period: Period
  /** `next day`: kept through the last lawful day. `same day`: a pure maximum ends with the start of that day. */
  readonly ends: 'next day' | 'same day'
  /** `MM-DD`, when the start is first rounded up to the end of its fiscal year. */
  readonly fiscalYearEnds: string | null
  /** Zone of the policy's days. */
  readonly zone: string
  /** Earliest instant that a value can be; anything before it cannot be true. */
  readonly notBefore: number
}

export interface RootAct {
  readonly act: 'erase' | 'anonymise' | 'archive' | 'withdraw consent' | 'truncate fields'
  readonly changes: readonly ColumnChange[]
  readonly archive: {
    readonly into: string
    readonly columns: readonly { readonly to: string; readonly from: string }[]
  } | null
  /** Column of the site that marks the row as done; `own`: a row of `oubli_done`; null: the row itself goes. */
  readonly done: { readonly column: string; readonly family: ColumnFamily } | 'own' | null
}

/** Upwards from the root's row to a kind it hangs on: each hop leads from own columns to the parent's columns. */
export interface Owner {
  readonly kind: string
  readonly hops: readonly {
    readonly table: string
    readonly columns: readonly { readonly own: string; readonly parent: string }[]
    readonly where: readonly Constant[]
    /** Columns of the parent that hold bytes, where there are any. */
    readonly bytes?: readonly string[]
  }[]
  readonly table: string
  readonly key: readonly KeyColumn[]
  /** Own columns of the owner that restrict what hangs on it. */
  readonly restricted: readonly ColumnTest[]
  /** Empty but for further names of the very row: an exception is about its row, not about what hangs on it. */
  readonly except: readonly ColumnTest[]
}

/** Rows that leave or change with the root: a hold, a restriction or an exception of one of them keeps the whole. */
export interface Below {
  readonly kind: string
  /** From the root outwards; never empty. */
  readonly joins: readonly Join[]
  readonly key: readonly KeyColumn[]
  readonly restricted: readonly ColumnTest[]
  readonly except: readonly ColumnTest[]
}

export interface CompiledPolicy {
  readonly policy: Policy
  readonly kind: string
  readonly subject: boolean
  readonly table: string
  readonly key: readonly KeyColumn[]
  /** Unique index that is this key; left out: the primary key. */
  readonly keyIndex?: string
  readonly identity: readonly string[]
  readonly clock: CompiledClock
  /** Of the kind's link: its rows, among those of the table. They stand in `only` as well. */
  readonly constants: Join['where']
  readonly only: readonly RootCondition[]
  readonly except: readonly ColumnTest[]
  readonly restricted: readonly ColumnTest[]
  readonly canary: readonly ColumnTest[]
  readonly states: readonly StateTest[]
  readonly contact: {
    readonly email: string
    readonly name: string | null
    readonly locale: string | null
  } | null
  /** Whose holds and restrictions cover this row; the row itself first. */
  readonly owners: readonly Owner[]
  readonly below: readonly Below[]
  readonly steps: readonly Step[]
  readonly act: RootAct
  /** SHA-256 in hex of what a person was or will be told: see `terms.ts`. */
  readonly termsHash: string
  /** Policies with marks of ours on rows of the tables that this one deletes from: the marks go with the rows. */
  readonly marks: readonly { readonly table: string; readonly policies: readonly string[] }[]
  /**
   * Tables among those it writes whose triggers run along, or cannot be seen by this account: what they take with
   * them shows only in counts.
   */
  readonly triggered: readonly string[]
  /** Tables that this policy writes, for evidence and grants. */
  readonly writes: readonly string[]
  /** A clock source without a foreign key to the root exists, so it is read again as the last statement. */
  readonly rereadLast: readonly ClockSource[]
  /** It warns nobody, and mails of it from before, or of another policy on the rows, may have named a day. */
  readonly announced?: true
  /** Other kinds under which mails may have named a day to these very rows; absent: none. */
  readonly told?: readonly string[]
  /** Partitions of the table that hold nothing but due rows are dropped whole. */
  readonly dropsPartitions?: true
}

export interface CompiledPlan {
  readonly policies: readonly CompiledPolicy[]
  /** SHA-256 in hex; what `approve` binds. */
  readonly fingerprint: string
}
