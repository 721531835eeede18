/** Failures of other people's code carry rows in their messages; none of it may reach what we write. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { dumpTables } from '../scenarios/dump.ts'
import { createLab, type Lab, type Said } from './lab.ts'
import { approved } from '../approve.ts'

eachDatabase('a failure that quotes a row', (open) => {
  let lab: Lab
  let token: string
  beforeEach(async () => {
    token = `planted${randomBytes(8).toString('hex')}`
    lab = await createLab(await open(), 50)
    await plant(lab.database, token)
    await lab.oubli(['migrate'])
  })
  afterEach(() => lab.close())

  it('sets the row aside without it, when a statement of the site refuses', async () => {
    for (const text of refusing(lab.database, token)) await lab.database.run({ text, values: [] })
    await approve(lab)
    const said = await lab.oubli(['run'])
    expect(said.exit, said.err).to.be.oneOf([1, 3])
    await expectNothing(said)
    const status = await lab.oubli(['status', '--json'])
    expect((JSON.parse(status.out) as { setAside: readonly unknown[] }).setAside).not.to.have.length(0)
  })

  for (const [what, thrown] of [
    ['an error', () => new Error(`row ${token} is bad`)],
    ['an error of a driver', () => Object.assign(new Error(token), { code: 'ER_DUP_ENTRY', sql: token })],
    ['a text', () => token],
  ] as const)
    it(`is told by code and place only, when ${what} is thrown in the middle of a run`, async () => {
      await approve(lab)
      const said = await lab.oubli(['run', '--json'], {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- others' code may throw anything
        point: () => Promise.reject(thrown()),
      })
      expect(said.exit).to.be.oneOf([1, 3])
      await expectNothing(said)
    })

  it('is told by code and place only, when it is thrown before a run has begun', async () => {
    await approve(lab)
    const said = await lab.oubli(['status', '--json'], {
      clock: () => {
        throw new TypeError(`cannot read ${token}`)
      },
    })
    expect([said.exit, said.err.split('\n')[0]]).to.deep.equal([
      1,
      'E_UNEXPECTED  TypeError: this is a defect of Oubli or of the database, not of your files',
    ])
    await expectNothing(said)
  })

  async function expectNothing(said: Said): Promise<void> {
    expect(said.out + said.err, 'streams').not.to.include(token)
    const log = await readFile(join(lab.folder, 'oubli.log'), 'utf8')
    expect(log).to.include('"run.started"')
    expect(log, 'log').not.to.include(token)
    const own = (table: string) => table.startsWith('oubli_') && table !== 'oubli_outbox'
    for (const [table, rows] of await dumpTables(lab.database, own))
      expect(JSON.stringify([...rows.values()]), table).not.to.include(token)
  }
})

async function approve(lab: Lab): Promise<void> {
  await lab.oubli(['run'])
  await approved(lab)
}

async function plant(database: Database, token: string): Promise<void> {
  const text =
    database.dialect.name === 'sqlite'
      ? 'UPDATE users SET first_name = ?, email = id || ? WHERE id > 0'
      : 'UPDATE users SET first_name = ?, email = CONCAT(id, ?) WHERE id > 0'
  await database.run({ text, values: [token, `${token}@shop.example`] })
}

/** Triggers whose message holds a value of the row, as sites have them. */
function refusing(database: Database, token: string): readonly string[] {
  return ['DELETE', 'UPDATE'].map((verb) =>
    database.dialect.name === 'sqlite'
      ? `CREATE TRIGGER no_${verb} BEFORE ${verb} ON users BEGIN SELECT RAISE(ABORT, 'not ${token}'); END`
      : `CREATE TRIGGER no_${verb} BEFORE ${verb} ON users FOR EACH ROW
         BEGIN DECLARE m VARCHAR(120); SET m = OLD.email; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = m; END`,
  )
}
