/** A small log as the sealer would leave it: entries, and signed checkpoints at some sizes. */
import { checkpointText } from '../../audit/checkpoint.ts'
import { countText, minuteOf, type Entry, type SubjectEntry } from '../../audit/entry.ts'
import { entryText } from '../../audit/entry-text.ts'
import { generateSigningKey, readSigningKey, readVerifierKey } from '../../audit/keys.ts'
import { growingTree, leafHash } from '../../audit/merkle.ts'
import { signNote } from '../../audit/note.ts'
import type { CheckpointFile } from '../../audit/read-checkpoints.ts'
import type { LogReader } from '../../audit/read-log.ts'
import { newTileLog, type LogFiles } from '../../audit/tile-log.ts'
import { verifyLog, type DatabaseSide, type VerifyInput, type VerifyReport } from '../../audit/verify.ts'
import { keptPath } from '../../jobs/log-files.ts'

const origin = 'shop.example/oubli'
const pair = generateSigningKey(origin, new Uint8Array(32).fill(1))
export const signing = readSigningKey(pair.privateText)
export const verifier = readVerifierKey(pair.verifierText)
export const start = Date.UTC(2026, 10, 22, 4, 30)

const common = { v: '1', tool: '0.1.0', t: minuteOf(start) } as const
const run = { run: 'f1'.repeat(16), as_of: '2026-11-22T04:30:00.000Z' } as const

export function personEntry(number: number): SubjectEntry {
  return {
    ...common,
    ...run,
    // As scattered as a random one.
    id: leafHashHex(number).slice(0, 32),
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
    stopped: 'done',
  }
}

function leafHashHex(number: number): string {
  return Buffer.from(leafHash(String(number))).toString('hex')
}

/** Path → bytes, as the sealer leaves them in its folder. */
export type Files = ReadonlyMap<string, Uint8Array>

export interface SampleLog {
  /** What the database holds. */
  readonly rows: readonly string[]
  /** How many entries it says are sealed. */
  readonly sealed: number
  /** The checkpoints that it has kept. */
  readonly recorded: readonly CheckpointFile[]
  readonly files: Files
}

/** Eleven people and the end of the run, with checkpoints at 3, 7 and 12. */
export function sampleLog(): SampleLog {
  const entries = [...Array.from({ length: 11 }, (_, index) => personEntry(index)), runEntry(99, start)]
  return logOf(entries.map(entryText), [3, 7, 12])
}

/** A log of these texts that was sealed at these sizes. */
export function logOf(texts: readonly string[], signed: readonly number[]): SampleLog {
  const files = new Map<string, Uint8Array>()
  const recorded: CheckpointFile[] = []
  const log = newTileLog()
  const put = ({ entries, hashes }: LogFiles): void => {
    for (const { path, bytes } of [...entries, ...hashes]) files.set(path, bytes)
  }
  for (const size of signed) {
    for (const text of texts.slice(log.size(), size)) log.add(text)
    put(log.full())
    put(log.edge())
    const note = checkpointAt(texts, size)
    files.set(keptPath(size), Buffer.from(note))
    files.set('checkpoint', Buffer.from(note))
    recorded.push({ name: `row ${size}`, text: note })
  }
  return { rows: texts, sealed: texts.length, recorded, files }
}

/** The note that was signed over the first of these texts. */
export function checkpointAt(texts: readonly string[], size: number): string {
  const tree = growingTree()
  for (const text of texts.slice(0, size)) tree.add(leafHash(text))
  return signNote(checkpointText({ origin, size, root: tree.root() }), signing)
}

export function readerOf(files: Files): LogReader {
  return {
    read: (path) => Promise.resolve(files.get(path) ?? null),
    list: (folder) => {
      const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`))
      const names = inside.map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
      return Promise.resolve([...new Set(names)])
    },
  }
}

export async function* numbered(texts: readonly string[]): AsyncGenerator<{ index: number; text: string }> {
  await Promise.resolve()
  for (const [index, text] of texts.entries()) yield { index, text }
}

export interface Change {
  readonly database?: Partial<DatabaseSide>
  readonly without?: 'database'
  readonly verifier?: VerifyInput['verifier']
  readonly older?: VerifyInput['older']
  readonly copy?: SampleLog
}

/** Verifies the log as it is, with the database's own count as it was before anything was changed. */
export function verified(log: SampleLog, change: Change = {}): Promise<VerifyReport> {
  const textOf = (path: string): string => Buffer.from(log.files.get(path) ?? []).toString()
  const kept = [...log.files.keys()].filter((path) => path.startsWith('checkpoints/')).sort()
  const checkpoints = kept.map((path) => ({ name: path, text: textOf(path) }))
  const current = log.files.has('checkpoint') ? { name: 'checkpoint', text: textOf('checkpoint') } : null
  const shown = current !== null && checkpoints.every(({ text }) => text !== current.text) ? [current] : []
  const { copy } = change
  return verifyLog({
    log: readerOf(log.files),
    checkpoints: [...checkpoints, ...shown],
    current,
    database:
      change.without === 'database'
        ? null
        : {
            entries: { [Symbol.asyncIterator]: () => numbered(log.rows) },
            ...{ sealed: log.sealed, unsealed: 0, forgotten: 0, orphans: 0, checkpoints: log.recorded },
            lastRunAt: start + 20_000,
            ...change.database,
          },
    older: change.older ?? [],
    copy: copy === undefined ? null : { log: readerOf(copy.files), size: copy.sealed },
    verifier: change.verifier === undefined ? verifier : change.verifier,
  })
}

/** A bundle of these entries as C2SP tlog-tiles writes it: two bytes of length before each. */
export function bundleBytes(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text)
      return [Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes]
    }),
  )
}
