/** Somebody who came back after their fields were cut, and had them cut again: both are told, and a replay knows. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type SiteFiles } from '../engine/installation.ts'
import { verified } from '../engine/kill.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { replayed } from './replayed.ts'
import { backUp, done, restore, restoreSite } from './restored-site.ts'

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
