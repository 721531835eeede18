/** More entries wait to be sealed than may: a full disk must not leave the evidence in the database alone. */
import { expect } from 'chai'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLab, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { steadyPace } from '../../engine/pace.ts'
import { sealingPace, tooManyWait } from '../../jobs/backlog.ts'
import type { JobContext } from '../../jobs/context.ts'
import { unsignedCount } from '../../db/own/checkpoints.ts'
import { insertEntries } from '../../db/own/entries.ts'
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
  async function fill(count: number): Promise<void> {
    const createdAt = new Date().toISOString()
    const entries = Array.from({ length: count }, (_, at) => personEntry(at + 10_000)).map((entry) => ({
      ...{ id: entry.id, runId: 'r-1', createdAt },
      leaf: entryText(entry),
    }))
    await lab.database.transaction((tx) => insertEntries(tx, entries))
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
