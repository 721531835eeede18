/**
 * The files of the ledger. A file is never changed: its name holds the hash of its text, so the last one of a day
 * is written anew with what is added, until it is full, and the one before goes. A day stays a few files, and
 * whoever copies the folder meanwhile gets some lines twice and misses none.
 */
import { join } from 'node:path'
import {
  ledgerFile,
  ledgerLine,
  ledgerText,
  linesInFile,
  readLedgerFile,
  writeLedgerFile,
  type LedgerFile,
  type LedgerLine,
} from '../audit/ledger.ts'
import { OubliError } from '../base/errors.ts'
import { readText, readTextIfThere, writeAtomic } from '../config/files.ts'
import { namesIn, removeFile, sweepFolder } from '../config/folder.ts'

/** Beside a log that anybody may read: a reference links what became of one person. */
const ownerOnly = 0o600

export interface LedgerFiles {
  /** There was no file in the folder, or no folder. */
  readonly isEmpty: boolean
  readonly append: (lines: readonly LedgerLine[]) => Promise<void>
  /** Removes the files of days before one (`YYYY-MM-DD`, exclusive). */
  readonly dropBefore: (day: string) => Promise<void>
}

/** For one writer at a time. Lines in the order of their days are cheap; else each page touches every day. */
export async function openLedgerFiles(folder: string): Promise<LedgerFiles> {
  // A killed writer leaves references that no later run would ever let go.
  await sweepFolder(folder)
  const files = await filesIn(folder)
  /** Day → the file of it that has room. */
  const open = new Map(files.filter(({ lines }) => lines < linesInFile).map(({ day, name }) => [day, name]))

  async function appendTo(day: string, texts: readonly string[]): Promise<void> {
    const replaced = open.get(day) ?? null
    const before = replaced === null ? [] : linesIn(folder, replaced, await readText(join(folder, replaced)))
    const all = [...new Set([...before, ...texts])]
    const written: string[] = []
    for (let from = 0; from < all.length; from += linesInFile) {
      const { name, text } = writeLedgerFile(day, all.slice(from, from + linesInFile))
      await writeAtomic(join(folder, name), text, ownerOnly)
      written.push(name)
    }
    if (replaced !== null && !written.includes(replaced)) await removeFile(folder, replaced)
    const last = written.at(-1)
    if (last === undefined || all.length % linesInFile === 0) open.delete(day)
    else open.set(day, last)
  }

  return {
    isEmpty: files.length === 0,
    append: async (lines) => {
      const days = new Map<string, string[]>()
      for (const line of lines) {
        const day = line.at.slice(0, 10)
        const texts = days.get(day)
        if (texts === undefined) days.set(day, [ledgerText(line)])
        else texts.push(ledgerText(line))
      }
      for (const [day, texts] of days) await appendTo(day, texts)
    },
    dropBefore: async (day) => {
      for (const file of await filesIn(folder)) if (file.day < day) await removeFile(folder, file.name)
    },
  }
}

/**
 * Every line, some twice. A file can go while it is read, because its lines stand in a new one: the folder is
 * listed until it holds nothing new. Throws an `evidence` error for a file that is not what its name says.
 */
export async function* readLedgerFiles(folder: string): AsyncGenerator<LedgerLine> {
  const seen = new Set<string>()
  for (;;) {
    const fresh = (await filesIn(folder)).filter(({ name }) => !seen.has(name))
    if (fresh.length === 0) return
    for (const { name } of fresh) {
      seen.add(name)
      const text = await readTextIfThere(join(folder, name))
      if (text === null) continue
      for (const each of linesIn(folder, name, text)) {
        const line = ledgerLine(each)
        if (line === null) throw damaged(join(folder, name))
        yield line
      }
    }
  }
}

async function filesIn(folder: string): Promise<readonly LedgerFile[]> {
  return (await namesIn(folder)).map(ledgerFile).filter((file) => file !== null)
}

function linesIn(folder: string, name: string, text: string): readonly string[] {
  const texts = readLedgerFile(name, text)
  if (texts === null) throw damaged(join(folder, name))
  return texts
}

function damaged(path: string): OubliError {
  return new OubliError(
    'evidence',
    'E_LEDGER_DAMAGED',
    `${path}: expected the lines that its name was made of, found others; the file was cut or changed`,
    'Bring the file back from a copy of the evidence folder. Without it, people in it are not recognised after a restored backup.',
  )
}
