/**
 * Named places of the program, in one closed list, where a test kills the process, stops it, or lets another
 * session in. In production nothing waits there. A place that no test reaches fails the tests.
 */

export const points = {
  /** The write transaction. */
  write: [
    'before lock',
    'locked',
    'children locked',
    're-checked',
    'first write done',
    'root written',
    'evidence written',
    'before commit',
    'committed',
    'before flat rows',
    'flat rows committed',
  ],
  /** Dropping a partition, which no transaction holds together. */
  drop: ['partition counted', 'drop intended', 'partition dropped', 'drop recorded', 'drop committed'],
  run: ['run begun', 'cursors dropped', 'cursor written', 'policy recorded', 'run recorded', 'run finished'],
  lease: ['lease known', 'lease won', 'lease taken', 'beat begun', 'beat done', 'release begun', 'released'],
  /** Only after the answer to a COMMIT was lost. */
  resolve: ['token raised', 'token committed', 'cursor read back'],
  seal: [
    'unsealed read',
    'seals inserted',
    'seals committed',
    'tiles written',
    'checkpoint kept',
    'checkpoint published',
    'checkpoint recorded',
  ],
  ledger: ['references written', 'references told'],
  replay: [
    'people erased again',
    'mails remembered',
    'last mails ended',
    'entries put back',
    'restore reconciled',
  ],
  outbox: [
    'warnings cleared',
    'mail queued',
    'warning queued',
    'warning committed',
    'claims recovered',
    'recovery committed',
    'mails claimed',
    'claim committed',
    'call marked',
    'mail sent',
    'mail ended',
    'mail settled',
    'mail postponed',
    'claims given back',
  ],
} as const

export type Point = (typeof points)[keyof typeof points][number]
export type AtPoint = (point: Point) => Promise<void>

let atPoint: AtPoint = () => Promise.resolve()

/** Says that a place is reached. */
export function point(reached: Point): Promise<void> {
  return atPoint(reached)
}

/** For tests: what happens at every place of this process from now on. */
export function onPoint(happen: AtPoint): void {
  atPoint = happen
}
