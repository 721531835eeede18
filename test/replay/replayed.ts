/** What a replay said, the evidence of a day, and a ledger in which somebody has written. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ledgerFile,
  ledgerLine,
  ledgerText,
  readLedgerFile,
  writeLedgerFile,
  type LedgerLine,
} from '../../audit/ledger.ts'
import type { Row } from '../../db/session.ts'
import type { Installation, Instead } from '../engine/installation.ts'
import { leavesOf, siteOf } from '../engine/kill.ts'
import type { Open } from '../databases.ts'
import { backUp, restore, siteWithPast, tables, type Backup, type Site } from './restored-site.ts'

export interface Told {
  readonly confirmed: boolean
  readonly older: { readonly why: string } | null
  readonly policies: readonly {
    readonly policy: string
    readonly what: string
    readonly again: number
    readonly held: number
    readonly left: number
  }[]
  readonly going: number
  readonly above: readonly Readonly<Record<string, unknown>>[]
  readonly mails_sent_before: number
  readonly mails_remembered: number
  readonly mails_taken_back: number
  readonly last_mails_not_sent: number
  readonly left_behind: number
  readonly mails_unnamed: number
  readonly not_found: number
  readonly lost_kinds: readonly { readonly kind: string; readonly people: number; readonly why: string }[]
  readonly untold: number
  readonly lost_holds: readonly string[]
  readonly why_stopped: string
}

export async function replayed(
  one: Installation,
  argv: readonly string[] = [],
  instead: Instead = {},
): Promise<Told & { exit: number }> {
  const said = await one.oubli(['replay', '--json', ...argv], instead)
  const line = said.out.split('\n').at(-1) ?? ''
  return { ...(JSON.parse(line) as Told), exit: said.exit }
}

export const site = (one: Installation) => siteOf(one.database, tables)

export interface Evidence {
  readonly database: Backup
  readonly folder: string
}

export async function keepEvidence(one: Installation, site: readonly string[] = tables): Promise<Evidence> {
  const folder = join(one.folder, 'evidence-of-that-day')
  await cp(join(one.folder, 'evidence'), folder, { recursive: true })
  return { database: await backUp(one.database, site), folder }
}

export async function bringEvidence(one: Installation, { folder }: Evidence): Promise<void> {
  await rm(join(one.folder, 'evidence'), { recursive: true })
  await cp(folder, join(one.folder, 'evidence'), { recursive: true })
}

/** Before each test the same site is thrown back to the same backup, with the evidence of that day. */
export function sameSite(open: Open): { readonly past: Site; readonly evidence: Evidence } {
  const same = {} as { past: Site; evidence: Evidence }
  before(async function () {
    this.timeout(240_000)
    same.past = await siteWithPast(open)
    same.evidence = await keepEvidence(same.past.one)
  })
  after(() => same.past.one.close())
  beforeEach(async () => {
    await restore(same.past.one.database, same.past.backup)
    await bringEvidence(same.past.one, same.evidence)
  })
  return same
}

export function asSite(backup: Backup): unknown {
  const text = (row: Row): string => JSON.stringify(row)
  return Object.fromEntries(
    tables.map((table) => [
      table,
      [...(backup.get(table) ?? [])].sort((a, b) => (text(a) < text(b) ? -1 : 1)),
    ]),
  )
}

export async function reconciled(one: Installation) {
  return (await leavesOf(one.database)).filter(({ kind }) => kind === 'restore.reconciled')
}

/** As somebody would who can write into the folder: every file has the name that fits it. */
export async function rewriteLedger(
  one: Installation,
  change: (line: LedgerLine) => readonly LedgerLine[],
): Promise<void> {
  const folder = join(one.folder, 'evidence/ledger')
  for (const name of await readdir(folder)) {
    const file = ledgerFile(name)
    if (file === null) continue
    const texts = readLedgerFile(name, await readFile(join(folder, name), 'utf8')) ?? []
    const lines = texts.flatMap((text) => change(ledgerLine(text) as LedgerLine)).map(ledgerText)
    await rm(join(folder, name))
    const { name: fitting, text } = writeLedgerFile(file.day, lines)
    await writeFile(join(folder, fitting), text)
  }
}
