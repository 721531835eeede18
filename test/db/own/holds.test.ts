import { expect } from 'chai'
import { migrate } from '../../../db/migrate.ts'
import { addHold, heldKinds, listHolds, namedByHolds, releaseHold } from '../../../db/own/holds.ts'
import { eachDatabase } from '../../databases.ts'

const at = '2026-01-01T00:00:00.000Z'
const idOf = (nr: number): string => String(nr).padStart(32, '0')

eachDatabase('what active holds name', (open) => {
  it('is read whole, however many there are, and of one kind', async () => {
    const database = await open()
    await migrate(database)
    // Several name one person; every tenth is released, every seventh is of another kind.
    const all = Array.from({ length: 1200 }, (_, nr) => ({
      nr,
      kind: nr % 7 === 0 ? 'order' : 'account',
      keyText: `["${nr % 400}"]`,
    }))
    await database.transaction(async (tx) => {
      for (const { nr, kind, keyText } of all) {
        const words = { matter: 'M', because: 'dispute', setBy: 'DPO', setAt: at, reviewBy: '2027-01-01' }
        await addHold(tx, { id: idOf(nr), kind, keyText, ...words })
        if (nr % 10 === 0) await releaseHold(tx, idOf(nr), 'DPO', at)
      }
    })
    for (const kind of ['account', 'order']) {
      const active = all.filter((one) => one.kind === kind && one.nr % 10 !== 0)
      const expected = active.map(({ nr, keyText }) => ({ id: idOf(nr), keyText }))
      expect(await namedByHolds(database, kind), kind).to.deep.equal(expected)
    }
    expect(await namedByHolds(database, 'nobody')).to.deep.equal([])
    expect([...(await heldKinds(database))].sort()).to.deep.equal(['account', 'order'])
  })

  it('is released once: who comes second is told so, and changes nothing', async () => {
    const database = await open()
    await migrate(database)
    const words = { matter: 'M', because: 'dispute', setBy: 'DPO', setAt: at, reviewBy: '2027-01-01' }
    const released: boolean[] = []
    await database.transaction(async (tx) => {
      await addHold(tx, { id: idOf(1), kind: 'account', keyText: '["1"]', ...words })
      await addHold(tx, { id: idOf(2), kind: 'account', keyText: '["1"]', ...words })
      for (const day of ['02', '03'])
        released.push(await releaseHold(tx, idOf(1), 'DPO', at.replace('-01T', `-${day}T`)))
    })
    expect(released).to.deep.equal([true, false])
    const all = await listHolds(database, false)
    expect(all.map(({ releasedAt }) => releasedAt)).to.deep.equal([at.replace('-01T', '-02T'), null])
  })
})
