/** What verification can find. The sentences are in `cli/finding-text.ts`; nothing here quotes an entry. */

/** Where an entry stands: its text in a file of the log, its hash in a tile, its row, or another copy. */
export type Place = 'entries' | 'hashes' | 'database' | 'copy'

interface Range {
  /** Inclusive, counted from 0. */
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

export type Finding =
  /** The log has never been sealed, or its checkpoints are gone. */
  | { readonly code: 'no checkpoint' }
  | { readonly code: 'checkpoint unreadable'; readonly checkpoint: string }
  | { readonly code: 'signature invalid'; readonly checkpoint: string }
  | { readonly code: 'unknown key'; readonly checkpoint: string }
  | { readonly code: 'other log'; readonly checkpoint: string }
  | { readonly code: 'checkpoints contradict'; readonly checkpoint: string; readonly earlier: string }
  /** An older one stands where the newest should. */
  | {
      readonly code: 'checkpoint put back'
      readonly checkpoint: string
      readonly size: number
      readonly signed: number
    }
  /** No copy of these entries gives the root that was signed. */
  | ({ readonly code: 'root differs'; readonly checkpoint: string } & Range)
  /** The signed root says that another copy is the right one. */
  | { readonly code: 'entry differs'; readonly place: Place; readonly index: number }
  /** Two copies differ, and no signed root says which is right. */
  | { readonly code: 'copies disagree'; readonly index: number }
  | ({ readonly code: 'entries removed' } & Range)
  | { readonly code: 'out of order'; readonly index: number }
  | { readonly code: 'not an entry'; readonly index: number }
  | { readonly code: 'id repeated'; readonly index: number }
  | { readonly code: 'file missing'; readonly path: string }
  | { readonly code: 'file differs'; readonly path: string }
  /** A checkpoint is over more entries than there are. */
  | {
      readonly code: 'log truncated'
      readonly checkpoint: string
      readonly entries: number
      readonly size: number
    }
  | ({ readonly code: 'tail not signed' } & Range)
  | { readonly code: 'count differs'; readonly entries: number; readonly sealed: number }
  | { readonly code: 'database behind'; readonly sealed: number; readonly size: number }
  | { readonly code: 'entries forgotten'; readonly count: number }
  /** Notes that an entry waits which is not there. */
  | { readonly code: 'waiting entries removed'; readonly count: number }
  /** A run that the database knows has left no entry. */
  | { readonly code: 'run without entry'; readonly lastRunAt: string }
