/** Who came back after their fields were cut: a replay does again what was done after that, and nothing before. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { replayed } from './replayed.ts'
import { backUp, done, restore, restoreSite, tables } from './restored-site.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const coarse = restoreSite.policies['members-coarse'] ?? ''
const site: SiteFiles = {
  ...restoreSite,
  policies: { 'members-coarse': coarse.replace('counted_from: joined', 'counted_from: left') },
}

eachDatabase('somebody whose fields were cut twice', (open) => {
  it('has them cut once more after a backup from in between was restored', async () => {
    const one = await install(await open(), site, at('2026-06-01'))
    const names = async () => (await dumpOf(one.database, 'members')).map(({ name }) => name)
    try {
      const joined = { joined_at: '2019-01-01 10:00:00', left_at: '2020-01-01 10:00:00' }
      await insert(one.database, 'members', [{ id: 5, name: 'Nom5', ...joined }])
      await done(one, 'run')
      await one.approve()
      await done(one, 'run')
      expect(await names()).to.deep.equal([''])
      const [first] = await dumpOf(one.database, 'oubli_tombstone')
      await one.database.run({
        text: "UPDATE members SET name = 'Neu', left_at = '2023-06-03 10:00:00' WHERE id = 5",
        values: [],
      })
      await setSandboxNow(one.database, at('2026-06-02'))
      await done(one, 'run')
      const backup = await backUp(one.database)
      await setSandboxNow(one.database, at('2026-06-05'))
      await done(one, 'run')
      expect(await names()).to.deep.equal([''])
      const stones = await dumpOf(one.database, 'oubli_tombstone')
      expect(stones.map((row) => [row['hash'], row['erased_at'], row['exported']])).to.deep.equal([
        [first?.['hash'], '2026-06-05T10:00:00.000Z', '1'],
      ])
      await restore(one.database, backup)
      expect(await names()).to.deep.equal(['Neu'])
      const told = await replayed(one, ['--confirm'])
      expect([told.exit, told.going, told.untold, told.not_found]).to.deep.equal([0, 1, 0, 0])
      expect(await names()).to.deep.equal([''])
      expect((await replayed(one)).going).to.equal(0)
      await done(one, 'run')
      expect(await verified(one)).to.match(/^VERIFIED/m)
    } finally {
      await one.close()
    }
  })
})

/** The last sign of life of a member stands in a table of its own as well. */
const twoTables: SiteFiles = {
  tables: [
    ...restoreSite.tables,
    'CREATE TABLE stays (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NOT NULL, begun_at DATETIME NULL, CONSTRAINT s_member FOREIGN KEY (member_id) REFERENCES members (id))',
    'CREATE INDEX stays_member ON stays (member_id)',
  ],
  dataMap: `${restoreSite.dataMap.replace('left: { column: left_at }', 'left: { latest_of: [left_at, stays.begun_at] }')}
  stay:
    table: stays
    key: id
    of: member
    personal: {}
`,
  policies: { 'members-coarse': coarse.replace('counted_from: joined', 'counted_from: left') },
}

eachDatabase('somebody whose sign of life stands in a second table', (open) => {
  let one: Installation
  beforeEach(async () => {
    one = await install(await open(), twoTables, at('2026-06-01'))
    await insert(one.database, 'members', [member(5)])
    await insert(one.database, 'stays', [{ id: 9, member_id: 5, begun_at: '2019-06-01 10:00:00' }])
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    expect(await names()).to.deep.equal([''])
  })
  afterEach(() => one.close())

  const member = (id: number) => ({
    ...{ id, name: `Nom${id}`, joined_at: '2019-01-01 10:00:00', left_at: '2020-01-01 10:00:00' },
  })
  const names = async () => (await dumpOf(one.database, 'members')).map(({ name }) => name)
  const marks = async () =>
    (await dumpOf(one.database, 'oubli_done')).map(({ done_at: day, clock }) => [
      String(day).slice(0, 10),
      clock,
    ])
  const comeBack = async (id: number, day: string, name: string): Promise<void> => {
    await insert(one.database, 'stays', [{ id, member_id: 5, begun_at: `${day} 10:00:00` }])
    await one.database.run({ text: 'UPDATE members SET name = ? WHERE id = 5', values: [name] })
  }
  const dayAfterDay = async (...days: readonly string[]): Promise<void> => {
    for (const day of days) {
      await setSandboxNow(one.database, at(day))
      await done(one, 'run')
    }
  }

  it('has fields cut once more that were cut twice, behind a backup from in between', async () => {
    await comeBack(1, '2023-06-03', 'Neu')
    await dayAfterDay('2026-06-02')
    const backup = await backUp(one.database, [...tables, 'stays'])
    await dayAfterDay('2026-06-05')
    expect(await names()).to.deep.equal([''])
    const marked = [['2026-06-05', '2020-01-01 10:00:00|2023-06-03 10:00:00']]
    expect(await marks()).to.deep.equal(marked)
    await restore(one.database, backup)
    expect(await names()).to.deep.equal(['Neu'])
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.going, told.not_found]).to.deep.equal([0, 1, 0])
    expect(await names()).to.deep.equal([''])
    expect(await marks(), 'by the whole clock').to.deep.equal(marked)
    expect((await replayed(one)).going).to.equal(0)
  })

  it('keeps what they filled in after a replay, however often there is one', async () => {
    await comeBack(1, '2023-06-03', 'Neu')
    await dayAfterDay('2026-06-02')
    const backup = await backUp(one.database, [...tables, 'stays'])
    await dayAfterDay('2026-06-05')
    await restore(one.database, backup)
    expect((await replayed(one, ['--confirm'])).going).to.equal(1)
    await comeBack(2, '2026-06-05', 'Wieder')
    await dayAfterDay('2026-06-06', '2026-06-08')
    const told = await replayed(one)
    expect([told.exit, told.going, told.why_stopped]).to.deep.equal([0, 0, 'there is nothing to replay'])
    await replayed(one, ['--confirm'])
    expect(await names()).to.deep.equal(['Wieder'])
  })
})
