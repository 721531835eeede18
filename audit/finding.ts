/** What verification can find, and the sentence for each. No sentence quotes an entry. */

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

/** One English sentence that says where and what. */
export function findingText(finding: Finding): string {
  switch (finding.code) {
    case 'no checkpoint':
      return 'There is no checkpoint: nothing says what the log should be.'
    case 'checkpoint unreadable':
      return `${finding.checkpoint}: is not a signed checkpoint, or was damaged.`
    case 'signature invalid':
      return `${finding.checkpoint}: the signature does not fit the text; the checkpoint was changed.`
    case 'unknown key':
      return `${finding.checkpoint}: carries no signature of the verifier key.`
    case 'other log':
      return `${finding.checkpoint}: is signed for another log (its origin is not the name of the key).`
    case 'checkpoints contradict':
      return `${finding.checkpoint}: cannot follow ${finding.earlier}; two histories were signed.`
    case 'checkpoint put back':
      return `${finding.checkpoint}: is over ${finding.size} entries, although ${finding.signed} were signed; an older one was put in its place.`
    case 'root differs':
      return `${finding.checkpoint}: the entries ${span(finding)} are not those that were signed; something in them was changed, added, removed or moved.`
    case 'entry differs':
      return differs(finding.place, finding.index)
    case 'copies disagree':
      return `The copies of the entry at ${finding.index} differ, and no signed checkpoint says which one is right.`
    case 'entries removed':
      return `The entries ${span(finding)} are missing in the database.`
    case 'out of order':
      return `The entry at ${finding.index} stands twice or out of order in the database.`
    case 'not an entry':
      return `The entry at ${finding.index} is not the canonical text of an entry.`
    case 'id repeated':
      return `The entry at ${finding.index} repeats the id of an earlier one.`
    case 'file missing':
      return `${finding.path}: is missing in the log, or torn.`
    case 'file differs':
      return `${finding.path}: does not hold what the rest of the log says.`
    case 'log truncated':
      return `${finding.checkpoint}: ${finding.size} entries were signed, ${finding.entries} are there; the end of the log is gone.`
    case 'tail not signed':
      return `The entries ${span(finding)} are sealed but in no checkpoint: the newest checkpoint is missing or was replaced by an older one, or they were added, or a run was killed before it signed them (the next run does).`
    case 'count differs':
      return `The database claims ${finding.sealed} sealed entries, ${finding.entries} were read.`
    case 'database behind':
      return `The database holds ${finding.sealed} sealed entries, the log ${finding.size}: an older state of the database was put back, or rows were removed.`
    case 'entries forgotten':
      return `${finding.count} entries in the database have no place in the log and do not wait for one: they were added, or the note that they wait was removed.`
    case 'waiting entries removed':
      return `${finding.count} entries that waited for their place in the log are not in the database any more: they were removed.`
    case 'run without entry':
      return `The run as of ${finding.lastRunAt} ended, but the log has no entry of its end.`
  }
}

function differs(place: Place, index: number): string {
  const end = 'the signed root says so.'
  switch (place) {
    case 'database':
      return `The entry at ${index} was changed in the database; the log still has the right one, ${end}`
    case 'entries':
      return `The entry at ${index} was changed in the files of the log; ${end}`
    case 'hashes':
      return `The hash of the entry at ${index} was changed in the tiles of the log; ${end}`
    case 'copy':
      return `The entry at ${index} is another in the copy; the log has the right one, ${end}`
  }
}

function span(range: Range): string {
  return range.to - range.from === 1 ? `at ${range.from}` : `from ${range.from} to ${range.to - 1}`
}
