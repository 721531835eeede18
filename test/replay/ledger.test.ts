/** The ledger outside: told once the log has it, whole or not at all, and only as long as it is needed. */
import { expect } from 'chai'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ledgerLine,
  ledgerText,
  linesInFile,
  readLedgerFile,
  writeLedgerFile,
  type LedgerLine,
} from '../../audit/ledger.ts'
import { points } from '../../base/point.ts'
import { beforeNow } from '../../config/kept.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { openLedgerFiles, readLedgerFiles } from '../../jobs/ledger-files.ts'
import { eachDatabase } from '../databases.ts'
import type { Installation } from '../engine/installation.ts'
import { dumpOf } from '../engine/lab.ts'
import { killAt, later } from '../engine/kill.ts'
import { twins, type Twins } from '../engine/twins.ts'

const line: LedgerLine = {
  ...{ v: '1', what: 'erased', kind: 'account', policy: 'inactive-accounts' },
  ...{ key: 'a'.repeat(64), person: 'b'.repeat(64), entry: 'c'.repeat(32), at: '2026-06-01T10:00:00.000Z' },
}

describe('a line of the ledger', () => {
  it('is read back as it was written', () => {
    expect(ledgerLine(ledgerText(line))).to.deep.equal(line)
  })

  it('has no place for a personal value', () => {
    for (const wrong of [
      { ...line, person: 'ada@mail.example' },
      { ...line, kind: 'Ada Martin' },
      { ...line, email: 'ada@mail.example' },
      { ...line, at: 'on Monday' },
    ])
      expect(() => ledgerText(wrong), JSON.stringify(wrong)).to.throw(TypeError, /^ledger line: [^@]*$/)
    expect(ledgerLine('{"v":"1"}')).to.equal(null)
    expect(ledgerLine(` ${ledgerText(line)}`)).to.equal(null)
  })

  it('stands in a file that says when any byte of it was changed or cut', () => {
    const { name, text } = writeLedgerFile('2026-06-01', [
      ledgerText(line),
      ledgerText({ ...line, what: 'anonymised' }),
    ])
    expect(readLedgerFile(name, text)).to.have.length(2)
    for (let cut = 0; cut < text.length; cut += 1)
      expect(readLedgerFile(name, text.slice(0, cut))).to.equal(null)
    for (let at = 0; at < text.length; at += 1)
      expect(readLedgerFile(name, `${text.slice(0, at)}~${text.slice(at + 1)}`)).to.equal(null)
  })
})

describe('the files of the ledger', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oubli-ledger-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const lineOf = (nr: number, day: number): LedgerLine => ({
    ...line,
    person: nr.toString(16).padStart(64, '0'),
    at: `2026-06-0${day}T10:00:00.000Z`,
  })
  const read = async (): Promise<readonly LedgerLine[]> => {
    const all: LedgerLine[] = []
    for await (const each of readLedgerFiles(folder)) all.push(each)
    return all
  }

  it('are filled up and then left alone', async () => {
    const files = await openLedgerFiles(folder)
    const many = Array.from({ length: linesInFile + 1 }, (_, nr) => lineOf(nr, 1))
    await files.append(many.slice(0, 6000))
    await files.append(many.slice(6000))
    await files.append([lineOf(linesInFile, 1), lineOf(linesInFile + 1, 1), lineOf(0, 2)])
    expect((await readdir(folder)).map((name) => name.slice(0, 17)).sort()).to.deep.equal([
      ...['2026-06-01-000002', '2026-06-01-010000', '2026-06-02-000001'],
    ])
    const later = await openLedgerFiles(folder)
    await later.append([lineOf(1, 2)])
    await later.dropBefore('2026-06-02')
    expect(await read()).to.deep.equal([lineOf(0, 2), lineOf(1, 2)])
  })

  it('lose what a killed writer left half written, and nothing else', async () => {
    const others = ['.0123456789ab.tmp~', '.0123456789AB.tmp', '.gitkeep', '0123456789ab.tmp', 'secret-check']
    for (const name of ['.0123456789ab.tmp', ...others]) await writeFile(join(folder, name), ledgerText(line))
    await mkdir(join(folder, '.abcdefabcdef.tmp'))
    await (await openLedgerFiles(folder)).append([lineOf(1, 1)])
    const names = (await readdir(folder)).filter((name) => !name.startsWith('2026-'))
    expect(names).to.have.members(['.abcdefabcdef.tmp', ...others])
    expect(await read()).to.deep.equal([lineOf(1, 1)])
  })

  it('give every line to a reader under whom one of them is written anew', async () => {
    const files = await openLedgerFiles(folder)
    await files.append([lineOf(1, 1), lineOf(2, 2)])
    const reader = readLedgerFiles(folder)
    const all = [(await reader.next()).value]
    await files.append([lineOf(3, 2)])
    for await (const each of reader) all.push(each)
    expect(all).to.deep.equal([lineOf(1, 1), lineOf(2, 2), lineOf(3, 2)])
  })
})

describe('the time that something is kept', () => {
  it('is counted in days, months or years of the calendar', () => {
    const from = Date.parse('2028-03-31T10:00:00Z')
    const back = (kept: string): string => new Date(beforeNow(kept, from)).toISOString().slice(0, 10)
    expect(['1 day', '90 days', '1 month', '13 months', '3 years'].map(back)).to.deep.equal([
      ...['2028-03-30', '2028-01-01', '2028-02-29', '2027-02-28', '2025-03-31'],
    ])
  })
})

async function lines(one: Installation): Promise<readonly LedgerLine[]> {
  const folder = join(one.folder, 'evidence/ledger')
  const files = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const texts = await Promise.all(
    files.map(async (name) => readLedgerFile(name, await readFile(join(folder, name), 'utf8')) ?? []),
  )
  return texts.flat().map((text) => ledgerLine(text) ?? line)
}

async function sorted(one: Installation): Promise<readonly string[]> {
  return (await lines(one)).map(ledgerText).sort()
}

eachDatabase('the ledger', (open) => {
  let pair: Twins
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())

  const blows = [
    ...(['seals committed', 'checkpoint published'] as const).map((point) => ({ point, loses: true })),
    ...points.ledger.map((point) => ({ point, loses: false })),
  ]
  blows.forEach(({ loses, ...blow }, i) => {
    it(`of a run that is killed at "${blow.point}" is made good by the next`, async () => {
      const { killed } = pair
      await pair.nextDay(i + 1)
      const before = (await lines(killed)).length
      expect(await killAt(killed, blow)).to.equal('SIGKILL')
      expect(await lines(killed)).to.have.length(before + (loses ? 0 : 2))
      expect((await killed.oubli(['run'], { clock: () => Date.now() + later() })).exit).to.equal(0)
      const told = await lines(killed)
      expect(told).to.have.length(before + 2)
      const stones = await dumpOf(killed.database, 'oubli_tombstone')
      expect(new Set(stones.map(({ hash }) => hash))).to.deep.equal(
        new Set(told.map((one) => ('person' in one ? one.person : ''))),
      )
      expect(stones.filter(({ exported }) => exported !== '1')).to.deep.equal([])
    })
  })

  it('has one file a day, and nothing in it that a person would know', async () => {
    const folder = join(pair.killed.folder, 'evidence/ledger')
    const files = await readdir(folder)
    const days = files.map((name) => name.slice(0, 10))
    expect(days).to.deep.equal([...new Set(days)])
    for (const name of files) expect(await readFile(join(folder, name), 'utf8')).not.to.match(/@|Ada|192\.0/)
  })

  it('keeps nothing for ever that a killed writer left', async () => {
    const folder = join(pair.killed.folder, 'evidence/ledger')
    await writeFile(join(folder, '.0123456789ab.tmp'), ledgerText(line))
    expect((await pair.killed.oubli(['run'])).exit).to.equal(0)
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).to.deep.equal([])
  })

  it('is for its owner alone, and a copy of the log verifies without it', async () => {
    const { killed } = pair
    const evidence = join(killed.folder, 'evidence')
    for (const name of await readdir(join(evidence, 'ledger')))
      expect((await stat(join(evidence, 'ledger', name))).mode & 0o777, name).to.equal(0o600)
    const copy = join(killed.folder, 'copy-for-an-auditor')
    await cp(evidence, copy, { recursive: true, filter: (path) => !path.endsWith('/ledger') })
    const key = join(killed.folder, 'keys/signing-key.verifier')
    expect((await killed.oubli(['audit', 'check', copy, '--key', key])).text).to.match(/^VERIFIED/m)
  })

  it('waits for the next run while somebody else tells', async () => {
    const { killed } = pair
    await pair.nextDay(5)
    const before = (await lines(killed)).length
    const other = { name: 'ledger', owner: 'other' }
    await takeLease(killed.database, { ...other, now: Date.now(), ttlMs: 60_000 })
    const said = await killed.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await lines(killed)).to.have.length(before)
    await release(killed.database, other)
    expect((await killed.oubli(['run'])).exit).to.equal(0)
    expect(await lines(killed)).to.have.length(before + 2)
  })

  const losses: readonly (readonly [what: string, path: string])[] = [
    ['it', 'evidence/ledger'],
    ['the whole folder', 'evidence'],
  ]
  for (const [what, path] of losses)
    it(`is told again when ${what} is lost`, async () => {
      const { killed } = pair
      const before = await sorted(killed)
      await rm(join(killed.folder, path), { recursive: true })
      expect((await killed.oubli(['run'])).exit).to.equal(0)
      expect(before.length).to.be.greaterThan(0)
      expect(await sorted(killed)).to.deep.equal(before)
    })

  it('is told again when an older copy of the folder is brought back', async () => {
    const { killed } = pair
    const [evidence, copy] = [join(killed.folder, 'evidence'), join(killed.folder, 'copy-of-yesterday')]
    await cp(evidence, copy, { recursive: true })
    await pair.nextDay(6)
    expect((await killed.oubli(['run'])).exit).to.equal(0)
    const before = await sorted(killed)
    await rm(evidence, { recursive: true })
    await cp(copy, evidence, { recursive: true })
    expect(await sorted(killed)).to.have.length(before.length - 2)
    expect((await killed.oubli(['run'])).exit).to.equal(0)
    expect(await sorted(killed)).to.deep.equal(before)
  })

  it('ends with the time that it is kept, as the tombstones do', async () => {
    const { killed } = pair
    const config = join(killed.folder, 'config/oubli.yml')
    const settings = JSON.parse(await readFile(config, 'utf8')) as { evidence: object }
    const evidence = { ...settings.evidence, tombstones_kept: '2 days' }
    await writeFile(config, JSON.stringify({ ...settings, evidence }))
    await mkdir(join(killed.folder, 'evidence/ledger'), { recursive: true })
    const all = (await lines(killed)).map(({ at }) => at.slice(0, 10)).sort()
    const last = all.at(-1) ?? ''
    await setSandboxNow(killed.database, Date.parse(`${last}T12:00:00Z`))
    expect((await killed.oubli(['run'])).exit).to.equal(0)
    const kept = all.filter((day) => Date.parse(day) >= Date.parse(last) - 2 * 86_400_000)
    expect(kept.length).to.be.greaterThan(0).and.lessThan(all.length)
    expect((await lines(killed)).map(({ at }) => at.slice(0, 10)).sort()).to.deep.equal(kept)
    const stones = await dumpOf(killed.database, 'oubli_tombstone')
    expect(stones.map(({ erased_at }) => String(erased_at).slice(0, 10)).sort()).to.deep.equal(kept)
  })
})
