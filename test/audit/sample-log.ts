/** A small log as the sealer would leave it: entries, and signed checkpoints at some sizes. */
import { checkpointText } from '../../audit/checkpoint.ts'
import { countText, minuteOf, type Entry, type SubjectEntry } from '../../audit/entry.ts'
import { entryText } from '../../audit/entry-text.ts'
import { generateSigningKey, readSigningKey, readVerifierKey } from '../../audit/keys.ts'
import { growingTree, leafHash } from '../../audit/merkle.ts'
import { signNote } from '../../audit/note.ts'
import { verifyLog, type VerifyInput, type VerifyReport } from '../../audit/verify.ts'

const origin = 'shop.example/oubli'
const pair = generateSigningKey(origin, new Uint8Array(32).fill(1))
export const signing = readSigningKey(pair.privateText)
export const verifier = readVerifierKey(pair.verifierText)
export const start = Date.UTC(2026, 10, 22, 4, 30)

const common = { v: '1', tool: '0.1.0', t: minuteOf(start) } as const
const run = { run: 'r-1', as_of: '2026-11-22T04:30:00.000Z' } as const

export function personEntry(number: number): SubjectEntry {
  return {
    ...common,
    ...run,
    id: number.toString(16).padStart(32, '0'),
    kind: 'subject.erased',
    policy: { id: 'inactive-accounts', terms: 'ab'.repeat(32) },
    cutoff: '2023-11-21T23:00:00.000Z',
    subject: leafHashHex(number),
    tables: { users: { erase: '1' }, orders: { erase: countText(number) } },
  }
}

export function runEntry(number: number, at: number): Entry {
  const none = { observed: '0', erased: '0', anonymised: '0', archived: '0', left: '0' } as const
  return {
    ...common,
    ...run,
    id: number.toString(16).padStart(32, '0'),
    t: minuteOf(at),
    kind: 'run.finished',
    job: 'purge',
    policies: {
      'inactive-accounts': { ...none, truncated: '0', withdrawn: '0', warned: '0', spared: { held: '2' } },
    },
    stopped: 'nothing left that is due',
  }
}

function leafHashHex(number: number): string {
  return Buffer.from(leafHash(String(number))).toString('hex')
}

export interface SampleLog {
  readonly texts: readonly string[]
  readonly checkpoints: VerifyInput['checkpoints']
}

/** Eleven people and the end of the run, with checkpoints at 3, 7 and 12. */
export function sampleLog(): SampleLog {
  const entries = [...Array.from({ length: 11 }, (_, index) => personEntry(index)), runEntry(99, start)]
  const texts = entries.map(entryText)
  return { texts, checkpoints: [3, 7, 12].map((size) => checkpointAt(texts, size)) }
}

export function checkpointAt(texts: readonly string[], size: number): { name: string; text: string } {
  const tree = growingTree()
  for (const text of texts.slice(0, size)) tree.add(leafHash(text))
  const text = checkpointText({ origin, size, root: tree.root() })
  return { name: `checkpoint-${size}`, text: signNote(text, signing) }
}

export async function* numbered(texts: readonly string[]): AsyncGenerator<{ index: number; text: string }> {
  await Promise.resolve()
  for (const [index, text] of texts.entries()) yield { index, text }
}

/** Verifies the log as it is, with the database's count as it was before anything was changed. */
export function verified(log: SampleLog, change: Partial<VerifyInput> = {}): Promise<VerifyReport> {
  return verifyLog({
    entries: numbered(log.texts),
    sealed: 12,
    unsealed: 0,
    checkpoints: log.checkpoints,
    verifier,
    lastRunAt: start + 20_000,
    ...change,
  })
}
