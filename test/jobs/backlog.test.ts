/** More entries wait to be sealed than may: a full disk must not leave the evidence in the database alone. */
import { expect } from 'chai'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLab, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { steadyPace } from '../../engine/pace.ts'
import { sealingPace, tooManyWait } from '../../jobs/backlog.ts'
import type { JobContext } from '../../jobs/context.ts'
import { unsignedCount } from '../../db/own/checkpoints.ts'
import { insertEntries } from '../../db/own/entries.ts'
import { insertTombstones, untoldCount, untoldPeople } from '../../db/own/tombstones.ts'
import { sizeName } from '../../jobs/log-files.ts'
import type { Status } from '../../jobs/status.ts'
import { entryText } from '../../audit/entry-text.ts'
import { personEntry } from '../audit/sample-log.ts'
import { approved } from '../approve.ts'

eachDatabase('a run beside entries that cannot be sealed', (open) => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab(await open(), 120)
    await lab.oubli(['migrate'])
    const settings = JSON.parse(await readFile(lab.config, 'utf8')) as { evidence?: object }
    const evidence = { ...settings.evidence, waiting_at_most: 1000 }
    await writeFile(lab.config, JSON.stringify({ ...settings, evidence }))
    await lab.oubli(['run'])
    await approved(lab)
  })
  afterEach(() => lab.close())

  /** A file stands where the folder of the tiles should be, as when a disk is full: nothing can be written. */
  async function block(): Promise<void> {
    await rm(join(lab.folder, 'evidence/tile'), { recursive: true })
    await writeFile(join(lab.folder, 'evidence/tile'), '')
  }
  /** All can be sealed, and the file of the ledger to which a day's lines would be added cannot be read. */
  async function blockLedger(): Promise<void> {
    await rm(join(lab.folder, 'evidence/ledger'), { recursive: true, force: true })
    const [last] = await lab.database.rows({ text: 'SELECT MAX(as_of) AS at FROM oubli_run', values: [] })
    // Midnight may have passed since the entries were made.
    const minutes = [0, 10].map((ago) => new Date(Date.now() - ago * 60_000).toISOString())
    for (const at of [String(last?.['at']), ...minutes]) {
      const name = `${at.slice(0, 10)}-000001-${'0'.repeat(32)}`
      await mkdir(join(lab.folder, 'evidence/ledger', name), { recursive: true })
    }
  }
  /** Each of somebody who went, where `gone`. */
  async function fill(count: number, gone = false): Promise<void> {
    const createdAt = new Date().toISOString()
    const entries = Array.from({ length: count }, (_, at) => personEntry(at + 10_000)).map((entry) => ({
      ...{ id: entry.id, runId: 'r-1', createdAt },
      leaf: entryText(entry),
    }))
    const hash = (at: number): string => String(at).padStart(64, '0')
    const stones = entries.map(({ id }, at) => ({
      ...{ hash: hash(at), keyHash: hash(at), policy: 'inactive-accounts', act: 'erased' as const },
      ...{ kind: 'account', entryId: id, erasedAt: createdAt },
    }))
    await lab.database.transaction(async (tx) => {
      await insertEntries(tx, entries)
      if (gone) await insertTombstones(tx, stones)
    })
  }
  const users = async (): Promise<number> =>
    (await lab.database.rows({ text: 'SELECT id FROM users', values: [] })).length

  it('erases nothing above the limit, says what to do, and goes on once they could be sealed', async () => {
    await fill(1100)
    await block()
    const before = await users()
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(4)
    expect(said.err).to.match(
      /^E_EVIDENCE_WAITS {2}\d+ entries of evidence wait to be sealed, at most 1000 may .*E_FILE_UNWRITABLE/m,
    )
    expect(said.err).to.contain('disk has space')
    expect(await users()).to.equal(before)
    expect((await lab.oubli(['run', '--only', 'warn'])).err, 'mails may go').not.to.contain(
      'E_EVIDENCE_WAITS',
    )
    await rm(join(lab.folder, 'evidence/tile'))
    const next = await lab.oubli(['run'])
    expect(next.exit, next.out + next.err).to.equal(0)
    expect(await users()).to.be.lessThan(before)
    expect(await unsignedCount(lab.database)).to.equal(0)
  })

  it('whose evidence finds no room at its end is done in part, says so, and is sealed by the next', async () => {
    await block()
    const before = await users()
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(3)
    expect(await users()).to.be.lessThan(before)
    expect(said.out).to.match(
      /^WARNING {2}What was done stands, and its evidence waits in the database until the next run seals it\.\nE_FILE_UNWRITABLE {2}.*evidence: expected a folder that can be written, found [A-Z]+\n {2}Check .*space on the disk\.\nwhy stopped: .*; the evidence waits to be sealed: E_FILE_UNWRITABLE$/m,
    )
    const ended = await lab.database.rows({
      text: "SELECT state FROM oubli_run WHERE why_stopped LIKE '%sealed: E_FILE_UNWRITABLE'",
      values: [],
    })
    expect(ended.map(({ state }) => state)).to.deep.equal(['partly'])
    const { entries } = JSON.parse((await lab.oubli(['status', '--json'])).out) as Pick<Status, 'entries'>
    const [all] = await lab.database.rows({ text: 'SELECT COUNT(*) AS n FROM oubli_entry', values: [] })
    expect(entries.unsealed).to.be.greaterThan(0)
    expect(entries.sealed + entries.unsealed, 'each is counted once').to.equal(Number(all?.['n']))
    const again = await lab.oubli(['run', '--json', '--lang', 'fr'])
    expect([again.exit, (JSON.parse(again.out) as { unsealed: string }).unsealed]).to.deep.equal([
      3,
      'E_FILE_UNWRITABLE',
    ])
    await rm(join(lab.folder, 'evidence/tile'))
    const next = await lab.oubli(['run'])
    expect(next.exit, next.out + next.err).to.equal(0)
    expect(await unsignedCount(lab.database)).to.equal(0)
  })

  it('erases nothing above the limit of people whom the ledger is not told of, and goes on once it is', async () => {
    await fill(1100, true)
    await blockLedger()
    const before = await users()
    for (const night of [1, 2]) {
      const said = await lab.oubli(['run'])
      expect(said.exit, `${night}: ${said.out}${said.err}`).to.equal(4)
      expect(said.err).to.match(
        /^E_EVIDENCE_WAITS {2}1100 people are not told to the ledger, at most 1000 may .*E_FILE_UN/m,
      )
      expect(said.err).to.contain('evidence.not-told')
    }
    expect(await users()).to.equal(before)
    expect(await unsignedCount(lab.database), 'all was sealed').to.equal(0)
    await rm(join(lab.folder, 'evidence/ledger'), { recursive: true })
    const next = await lab.oubli(['run'])
    expect(next.exit, next.out + next.err).to.equal(0)
    expect(await users()).to.be.lessThan(before)
    expect(await untoldCount(lab.database)).to.equal(0)
  })

  it('stops on the way at that limit', async () => {
    await fill(995, true)
    await blockLedger()
    const before = await users()
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(4)
    expect(said.out).to.match(
      /^why stopped: refused by a safety stop: too many people are not told to the ledger; not told to the ledger: E_FILE_UN/m,
    )
    expect(before - (await users()), 'one batch at most behind the limit').to.be.within(1, 30)
  })

  it('that could seal and not tell the ledger says so, until it is told', async () => {
    const settings = JSON.parse(await readFile(lab.config, 'utf8')) as { evidence: object }
    const away = join(lab.folder, 'away')
    await mkdir(away)
    const evidence = { ...settings.evidence, sinks: { folder: away } }
    await writeFile(lab.config, JSON.stringify({ ...settings, evidence }))
    await blockLedger()
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(3)
    const gone = await untoldPeople(lab.database)
    expect(gone).to.be.greaterThan(0)
    expect(said.out).to.match(
      /^WARNING {2}What was done stands and is sealed, but the ledger could not be told: .*\nE_FILE_UN\w+ {2}.*ledger.*: expected .*\n.*\nwhy stopped: .*; not told to the ledger: E_FILE_UN\w+$/m,
    )
    const { size } = await newest()
    expect(await readdir(away), 'the new checkpoint left').to.deep.equal([sizeName(size)])
    const { entries } = JSON.parse((await lab.oubli(['status', '--json'])).out) as Pick<Status, 'entries'>
    expect([entries.untold, entries.unsealed]).to.deep.equal([gone, 0])
    expect((await lab.oubli(['status', '--lang', 'fr'])).out).to.match(
      /^Pas inscrites au registre\s: \d+ personnes/m,
    )
    const { matters } = JSON.parse((await lab.oubli(['report', '--json'])).out) as {
      matters: { code: string; rows: number }[]
    }
    expect(matters.some(({ code }) => code === 'untold')).to.equal(true)
    const json = JSON.parse((await lab.oubli(['run', '--json'])).out) as Record<string, unknown>
    expect(json['unsealed']).to.equal(null)
    expect(json['untold']).to.match(/^E_FILE_UN/)
    await rm(join(lab.folder, 'evidence/ledger'), { recursive: true })
    expect((await lab.oubli(['run'])).exit).to.equal(0)
    expect(await untoldCount(lab.database)).to.equal(0)
  })

  async function newest(): Promise<{ readonly size: number }> {
    const note = await readFile(join(lab.folder, 'evidence/checkpoint'), 'utf8')
    return { size: Number(note.split('\n')[1]) }
  }

  it('seals first when that is all that is missing', async () => {
    await fill(1100)
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(0)
    expect(await unsignedCount(lab.database)).to.equal(0)
  })

  it('records again what is signed where the database does not know it, and goes on', async () => {
    await fill(1100)
    await lab.oubli(['run'])
    await lab.database.run({ text: 'DELETE FROM oubli_checkpoint WHERE size >= 0', values: [] })
    const said = await lab.oubli(['run'])
    expect(said.exit, said.out + said.err).to.equal(0)
    expect(await unsignedCount(lab.database)).to.equal(0)
  })

  it('stops erasing on the way when the limit is reached', async () => {
    await fill(997)
    await block()
    const before = await users()
    const said = await lab.oubli(['run', '--json'])
    // The run has written down what it did; that it could not be sealed is its error.
    expect(said.exit).not.to.equal(0)
    expect(said.out + said.err).to.contain('E_FILE_UNWRITABLE')
    expect(said.err).to.contain('evidence.not-sealed')
    expect(await unsignedCount(lab.database)).to.be.within(1000, 1050)
    expect(before - (await users()), 'one batch at most behind the limit').to.be.lessThan(30)
    await rm(join(lab.folder, 'evidence/tile'))
    const next = await lab.oubli(['run'])
    expect(next.exit, next.out + next.err).to.equal(0)
    const verified = await lab.oubli([
      'audit',
      'verify',
      '--key',
      join(lab.folder, 'keys/signing-key.verifier'),
    ])
    expect(verified.out).to.match(/^VERIFIED/m)
  })
})

eachDatabase('several writers beside entries that wait', (open) => {
  it('wait for one look at them, and seal once', async () => {
    const lab = await createLab(await open(), 1)
    try {
      await lab.oubli(['migrate'])
      let sealed = 0
      const ctx = {
        settings: { evidence: { waitingAtMost: 0 } },
        database: lab.database,
        log: { event: () => void (sealed += 1) },
        signingKey: null,
      }
      const pace = (await sealingPace(ctx as unknown as JobContext))(
        steadyPace(1, () => null),
        true,
      )
      for (const times of [1, 2]) {
        expect(await Promise.all([pace.turn(), pace.turn(), pace.turn()])).to.deep.equal(
          Array<string>(3).fill(tooManyWait),
        )
        expect(sealed).to.equal(times)
      }
    } finally {
      await lab.close()
    }
  })
})
