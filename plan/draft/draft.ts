/** A proposed data map and proposed policies, before they become text. Nothing in it is a value of a row. */
import type { Strategy, TimeFormat } from '../../policies/data-map.ts'
import type { Meaning } from './meanings.ts'
import type { Remark } from './remarks.ts'

export interface DraftColumn {
  readonly name: string
  readonly meaning: Meaning | 'link'
  /** Null: nothing that anonymising could write fits. */
  readonly strategy: Strategy | null
  /** False: marked `todo`. */
  readonly sure: boolean
}

export interface DraftClock {
  /** `column`, or `table.column`. */
  readonly column: string
  readonly format: TimeFormat | 'auto'
  /** Beside NULL. */
  readonly nevers: readonly string[]
  readonly ordered: boolean
  /** Key-value rows: the word that chooses among them. */
  readonly where?: Readonly<Record<string, string>>
  /** The place in a column of JSON; marked `todo`, because a member of that name can be anybody's act. */
  readonly path?: string
}

export interface DraftEvent {
  readonly name: 'last_activity' | 'created'
  readonly sources: readonly DraftClock[]
  readonly else: DraftClock | null
  readonly slides: boolean
  readonly fiscal: boolean
}

export interface DraftKind {
  readonly name: string
  readonly table: string
  readonly category: string | null
  readonly key: readonly string[]
  readonly identity: readonly string[]
  readonly subject: boolean
  readonly of: string | null
  /** Null: the single foreign key of the schema says it. */
  readonly link: {
    readonly columns: Readonly<Record<string, string>>
    readonly where: Readonly<Record<string, string>>
  } | null
  readonly contact: {
    readonly email: string
    readonly name: string | null
    readonly locale: string | null
  } | null
  readonly events: readonly DraftEvent[]
  readonly columns: readonly DraftColumn[]
  /** Columns that name somebody who does not own the row; column → the kind of that person. */
  readonly clerks: Readonly<Record<string, string>>
  /** It is here because a foreign key leads to people or to what is theirs; its rows are about something else. */
  readonly beside: boolean
  /** Written for the site by the people it hangs on; null: nobody's work. `fixed`: it cannot stay without them. */
  readonly stay: 'keep' | 'detach' | 'fixed' | null
  /** Tables in which other people hang on it. */
  readonly others: readonly string[]
  readonly remarks: readonly Remark[]
}

export interface DraftPolicy {
  readonly name: string
  readonly kind: string
  readonly term: string
  readonly countedFrom: DraftEvent['name']
  readonly warns: boolean
  readonly detach: readonly string[]
  /** Kinds that do not go by silence. */
  readonly stays: readonly { readonly kind: string; readonly act: 'keep' | 'detach' }[]
  readonly remarks: readonly Remark[]
}

/** A table that the grammar cannot take, with what was seen in it. */
export interface DraftLeft {
  readonly table: string
  readonly columns: readonly string[]
  readonly remarks: readonly Remark[]
}

export interface Draft {
  readonly kinds: readonly DraftKind[]
  readonly policies: readonly DraftPolicy[]
  /** Seem to speak of people and cannot be in the map as they are. */
  readonly unmapped: readonly DraftLeft[]
  /** Hold words that may be of things or of people. */
  readonly things: readonly DraftLeft[]
  /** Nothing personal was seen. */
  readonly nothing: readonly string[]
}
