/** Mistakes that somebody could build in. Each can be switched on alone, and has to be caught. */

export const defects = {
  'no re-check': 'what the plan found due is erased without judging it again under lock',
  'children not locked': 'a person is judged while the rows of the person can still be written',
  'warned at enqueue': 'a mail counts as a warning as soon as it is queued',
  'unknown taken as accepted': 'a mail whose answer was lost counts as accepted',
  'erased with a mail under way': 'mails that are queued or unknown do not hold an erasure back',
  'cycle not compared': 'a warning about an earlier silence counts for this one',
  'address not compared': 'a warning to an earlier address counts',
  'terms not compared': 'a warning in other words counts',
  'late bounce ignored': 'a bounce after the acceptance changes nothing',
  'refusals of one day': 'two refusals on one day make somebody unreachable',
  'announced date moved earlier': 'a reminder names the end of the term, whatever was announced',
  'mail leaves unasked': 'a waiting mail is not judged again before it leaves',
  'our fault is theirs': 'refusals count although the relay refuses everything',
  'mail result without claim': 'a late answer is written although the mail was given to another delivery',
  'mail written again on retry': 'each attempt composes the mail anew',
  'mail kept after its end': 'address and bytes stay when a mail has ended',
  'traces kept': 'what we keep of a person stays after the erasure',
  'hold checked only in the plan': 'a hold set after the plan is not seen',
  'hold without holding off': 'a hold does not wait for the batch under way',
  'doubtful clock believed': 'a value that cannot be true is skipped, and the others decide',
  'canary ignored': 'a canary in the plan stops nothing',
  'alarm ignored': 'more than stop_above is carried out all the same',
  'slice taken as alarm': 'a run refuses when more is due than per_run',
  'slice not kept': 'a run takes all that is due',
  'new terms act at once': 'terms that nobody observed and approved act',
  'clock jump not noticed': 'a run goes on whatever the clock did',
  'fence ignored': 'a batch does not look whether its lease was taken over',
  'read-back before the fence': 'a lost COMMIT is resolved before the old session has ended',
  'lost commit taken as done': 'a lost COMMIT counts as committed',
  'lost commit taken as failed': 'a lost COMMIT counts as rolled back',
  'evidence outside the transaction': 'the entry is written in a transaction of its own',
  'cursor outside the transaction': 'the cursor is written in a transaction of its own',
  'children in their own transaction': 'what hangs on a person goes first, and the person later',
  'tombstone missing': 'nothing recognises the person after a restored backup',
  'sealed by high-water mark': 'the sealer takes what has a higher number than the last sealed entry',
  'sealed twice after a crash': 'the sealer begins again where its last checkpoint ended',
} as const satisfies Readonly<Record<string, string>>

export type Defect = keyof typeof defects

export const allDefects = Object.keys(defects) as readonly Defect[]
