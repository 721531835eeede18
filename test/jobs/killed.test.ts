/** `kill -9` around the batches: at every named place of a run, of its leases and of the sealer. */
import { expect } from 'chai'
import { points } from '../../base/point.ts'
import { eachDatabase } from '../databases.ts'
import { changesOf, killAt, later, siteOf, verified, type Blow } from '../engine/kill.ts'
import { expectSameOwn, runIds } from '../engine/own-state.ts'
import { siteTables } from '../engine/site-files.ts'
import { twins, type Twins } from '../engine/twins.ts'

/** Reached twice in one run: for the run's lease and for the sealer's. */
const twice: ReadonlySet<string> = new Set([
  'lease known',
  'lease won',
  'lease taken',
  'release begun',
  'released',
])

const blows: readonly Blow[] = [...points.run, ...points.lease, ...points.seal].flatMap((point) =>
  twice.has(point) ? [{ point }, { point, time: 2 }] : [{ point }],
)

/** Killed between the seals and the checkpoint over them, which the next run signs. */
function unsigned({ point }: Blow): boolean {
  return point === 'seals committed' || point === 'tiles written'
}

eachDatabase('a run that is killed around its batches', (open) => {
  let pair: Twins
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())

  blows.forEach((blow, i) => {
    it(`at "${blow.point}"${blow.time === undefined ? '' : ', the second time'}`, async () => {
      const { killed, undisturbed } = pair
      await pair.nextDay(i + 1)
      const undisturbedBefore = await runIds(undisturbed.database)
      const [signal, plain] = await Promise.all([killAt(killed, blow), undisturbed.oubli(['run'])])
      expect([signal, plain.exit]).to.deep.equal(['SIGKILL', 0])
      expect(await verified(killed), 'right after the kill').to.match(
        unsigned(blow) ? /No checkpoint covers/ : /^VERIFIED/m,
      )

      // What the next day leaves equal as well shows that nothing was done twice.
      const before = await runIds(killed.database)
      const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
      expect(next.exit, next.text).to.equal(0)
      expect(await siteOf(killed.database, siteTables)).to.deep.equal(
        await siteOf(undisturbed.database, siteTables),
      )
      expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
      await expectSameOwn([killed.database, before], [undisturbed.database, undisturbedBefore])
      expect(await verified(killed)).to.match(/^VERIFIED/m)
    })
  })
})
