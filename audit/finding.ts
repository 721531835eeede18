/** What verification can find, and the sentence for each. No sentence quotes an entry. */

export type Finding =
  /** The log has never been sealed, or its checkpoints are gone. */
  | { readonly code: 'no checkpoint' }
  | { readonly code: 'checkpoint unreadable'; readonly checkpoint: string }
  | { readonly code: 'signature invalid'; readonly checkpoint: string }
  | { readonly code: 'unknown key'; readonly checkpoint: string }
  | { readonly code: 'other log'; readonly checkpoint: string }
  | { readonly code: 'checkpoints contradict'; readonly checkpoint: string; readonly earlier: string }
  /** Changed in the entries from (inclusive) to (exclusive), counted from 0. */
  | {
      readonly code: 'root differs'
      readonly checkpoint: string
      readonly from: number
      readonly to: number
    }
  /** Entries from (inclusive) to (exclusive) are not there. */
  | { readonly code: 'entries removed'; readonly from: number; readonly to: number }
  | { readonly code: 'out of order'; readonly index: number }
  | { readonly code: 'not an entry'; readonly index: number }
  | { readonly code: 'id repeated'; readonly index: number }
  | {
      readonly code: 'log truncated'
      readonly checkpoint: string
      readonly entries: number
      readonly size: number
    }
  | { readonly code: 'tail not signed'; readonly from: number; readonly to: number }
  | { readonly code: 'count differs'; readonly entries: number; readonly sealed: number }
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
    case 'root differs':
      return `${finding.checkpoint}: the entries ${span(finding)} are not those that were signed; something in them was changed, added, removed or moved.`
    case 'entries removed':
      return `The entries ${span(finding)} are missing.`
    case 'out of order':
      return `The entry at ${finding.index} stands twice or out of order.`
    case 'not an entry':
      return `The entry at ${finding.index} is not the canonical text of an entry.`
    case 'id repeated':
      return `The entry at ${finding.index} repeats the id of an earlier one.`
    case 'log truncated':
      return `${finding.checkpoint}: ${finding.size} entries were signed, ${finding.entries} are there; the end of the log is gone.`
    case 'tail not signed':
      return `The entries ${span(finding)} are sealed but in no checkpoint: the newest checkpoint is missing or was replaced by an older one, or they were added, or a run was killed before it signed them (the next run does).`
    case 'count differs':
      return `The database claims ${finding.sealed} sealed entries, ${finding.entries} were read.`
    case 'run without entry':
      return `The run as of ${finding.lastRunAt} ended, but the log has no entry of its end.`
  }
}

function span(range: { readonly from: number; readonly to: number }): string {
  return range.to - range.from === 1 ? `at ${range.from}` : `from ${range.from} to ${range.to - 1}`
}
