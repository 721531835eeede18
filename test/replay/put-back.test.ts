/** Somebody who was erased wrongly and put back: whatever is restored or replayed later, they stay. */
import { expect } from 'chai'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { leavesOf, verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { replayed } from './replayed.ts'
import { backUp, done, restore, restoreSite, type Backup } from './restored-site.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
const hold = [
  '--matter',
  '2026-31',
  '--because',
  'erased wrongly',
  '--by',
  'DPO',
  '--review-by',
  '2027-06-01',
]

eachDatabase('somebody who was put back on purpose', (open) => {
  let one: Installation
  let before: Backup
  let erased: Backup

  const prospect = (id: number) => ({
    ...{ id, email: `p${id}@mail.example`, first_name: `Nom${id}`, collected_at: '2020-01-01 10:00:00' },
  })
  const ids = async () => (await dumpOf(one.database, 'prospects')).map(({ id }) => Number(id)).sort()
  const again = async () => (await replayed(one)).policies.reduce((sum, policy) => sum + policy.again, 0)
  const putBack = async (key: number, kind = 'prospect') =>
    JSON.parse(
      (await one.oubli(['hold', 'add', kind, String(key), '--put-back', ...hold, '--json'])).out,
    ) as {
      hold: string
      put_back: boolean
    }

  beforeEach(async () => {
    one = await install(await open(), restoreSite, at('2026-06-01'))
    await insert(one.database, 'prospects', [prospect(1), prospect(2)])
    await done(one, 'run')
    await one.approve()
    before = await backUp(one.database)
    await done(one, 'run')
    expect(await ids()).to.deep.equal([])
    erased = await backUp(one.database)
    await insert(one.database, 'prospects', [prospect(1)])
  })
  afterEach(() => one.close())

  it('would be erased again by a replay without it', async () => {
    expect(await again()).to.equal(1)
    await done(one, 'replay', '--confirm')
    expect(await ids()).to.deep.equal([])
  })

  it('is not taken by a replay, also after the release of the hold', async () => {
    const { hold: id, put_back } = await putBack(1)
    expect(put_back).to.equal(true)
    expect(await again()).to.equal(0)
    await done(one, 'hold', 'release', id, '--by', 'DPO')
    expect(await again()).to.equal(0)
    await done(one, 'replay', '--confirm')
    expect(await ids()).to.deep.equal([1])
    expect((await leavesOf(one.database)).filter(({ kind }) => kind === 'subject.put-back')).to.have.length(1)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('stays after a backup from before the erasure was restored, where the others go again', async () => {
    await putBack(1)
    await restore(one.database, before)
    const told = await replayed(one, ['--confirm'])
    expect(told.policies.map(({ again: many }) => many)).to.deep.equal([1])
    expect(told.lost_holds).to.have.length(1)
    expect(await ids()).to.deep.equal([1])
  })

  it('stays also where the ledger is lost after a replay, and told again from the database', async () => {
    await putBack(1)
    await restore(one.database, before)
    expect((await replayed(one, ['--confirm'])).exit, 'the hold is lost').to.equal(3)
    const marks = (await dumpOf(one.database, 'oubli_tombstone')).filter(({ act }) => act === 'put back')
    expect(marks.map(({ exported }) => Number(exported))).to.deep.equal([1])
    expect((await putBack(1)).put_back, 'known to be back').to.equal(true)
    expect((await leavesOf(one.database)).filter(({ kind }) => kind === 'subject.put-back')).to.have.length(1)
    await rm(join(one.folder, 'evidence/ledger'), { recursive: true })
    await setSandboxNow(one.database, at('2026-06-02'))
    await done(one, 'run')
    await restore(one.database, before)
    const told = await replayed(one, ['--confirm'])
    expect(told.policies.map(({ again: many, left }) => [many, left])).to.deep.equal([[1, 0]])
    expect(await ids()).to.deep.equal([1])
  })

  it('goes again by an erasure after they were put back, whatever an older backup says of the first one', async () => {
    const { hold: id } = await putBack(1)
    await done(one, 'hold', 'release', id, '--by', 'DPO')
    await setSandboxNow(one.database, at('2026-06-03'))
    await done(one, 'run')
    expect(await ids()).to.deep.equal([])
    await restore(one.database, erased)
    await insert(one.database, 'prospects', [prospect(1)])
    await done(one, 'replay', '--confirm')
    expect(await ids()).to.deep.equal([])
    await rm(join(one.folder, 'evidence/ledger'), { recursive: true })
    await setSandboxNow(one.database, at('2026-06-04'))
    await done(one, 'run')
    await restore(one.database, before)
    expect(await again()).to.equal(2)
  })

  it('goes again by a later erasure, and then after a restored backup too', async () => {
    const { hold: id } = await putBack(1)
    await done(one, 'hold', 'release', id, '--by', 'DPO')
    const backed = await backUp(one.database)
    await setSandboxNow(one.database, at('2026-06-03'))
    await done(one, 'run')
    expect(await ids()).to.deep.equal([])
    await restore(one.database, backed)
    expect(await ids()).to.deep.equal([1])
    await done(one, 'replay', '--confirm')
    expect(await ids()).to.deep.equal([])
    // Put back a second time, it is told a second time.
    await insert(one.database, 'prospects', [prospect(1)])
    expect((await putBack(1)).put_back).to.equal(true)
    expect(await again()).to.equal(0)
  })

  it('has a name back that was blanked, as long as the hold lasts', async () => {
    const names = async () => (await dumpOf(one.database, 'members')).map(({ name }) => name)
    const joined = { joined_at: '2020-01-01 10:00:00', left_at: '2026-01-01 10:00:00' }
    await insert(one.database, 'members', [{ id: 5, name: 'Nom5', ...joined }])
    await done(one, 'run')
    expect(await names()).to.deep.equal([''])
    await one.database.run({ text: "UPDATE members SET name = 'Nom5' WHERE id = 5", values: [] })
    const { hold: id, put_back } = await putBack(5, 'member')
    expect(put_back).to.equal(true)
    await setSandboxNow(one.database, at('2026-06-03'))
    await done(one, 'run')
    expect(await names()).to.deep.equal(['Nom5'])
    await done(one, 'hold', 'release', id, '--by', 'DPO')
    await setSandboxNow(one.database, at('2026-06-05'))
    await done(one, 'run')
    expect(await names()).to.deep.equal([''])
  })

  it('with a key that is too long for a hold is refused, not half covered', async () => {
    const said = await one.oubli(['hold', 'add', 'prospect', 'x'.repeat(600), ...hold])
    expect([said.exit, said.text.includes('E_HOLD_KEY')]).to.deep.equal([4, true])
    expect(said.text).not.to.include('xxx')
  })

  it('is said not to be known where the identity is not what it was', async () => {
    await insert(one.database, 'prospects', [{ ...prospect(3) }])
    expect((await putBack(3)).put_back).to.equal(false)
    const said = await done(one, 'hold', 'add', 'prospect', '3', '--put-back', ...hold)
    expect(said).to.match(/Nothing here says that a person with this key and identity was erased/)
  })
})
