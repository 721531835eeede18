/** Every call by which the sealer reaches its disk fails, is its last, or is the last before the power is gone. */
import { expect } from 'chai'
import { OubliError } from '../../base/errors.ts'
import { eachDatabase } from '../databases.ts'
import { frailDisk, Gone, type Cut, type Fault, type FrailDisk } from './frail-disk.ts'
import { openSealing, unseal, type Sealing } from './sealing.ts'

const earlier = 250
const later = 300

const faults: readonly Omit<Fault, 'at'>[] = [
  { kind: 'ENOSPC' },
  { kind: 'EIO' },
  { kind: 'kill' },
  ...(['nothing', 'names', 'newest'] as const).map((left: Cut) => ({ kind: 'power' as const, left })),
]

function named(fault: Omit<Fault, 'at'>): string {
  return `${fault.kind}${'left' in fault ? ` with ${String(fault.left)} left of what was not synced` : ''}`
}

eachDatabase('a sealer whose disk fails', (open) => {
  let sealing: Sealing
  /** As the first sealing left it, and how many calls the second one makes. */
  let first: FrailDisk
  let calls = 0
  let root: string | null = null

  before(async () => {
    sealing = await openSealing(await open())
    first = frailDisk()
    await sealing.put(0, earlier)
    expect(await sealing.seal(first)).to.equal(earlier)
    await sealing.put(earlier, later)
    const whole = first.copy()
    whole.arm(null)
    expect(await sealing.seal(whole)).to.equal(later)
    calls = whole.calls()
    root = (await verifiedBy(whole)).root
    // A full tile, its outgrown partial, and a first tile of the next level lie in this sealing.
    expect(calls).to.be.greaterThan(40)
  })
  after(() => sealing.close())

  for (const [nr, fault] of faults.entries())
    it(`by ${named(fault)}, call by call`, async () => {
      // What a disk does is the same beside every database; for its time, each call is hurt by two of the six there.
      const [from, step] = sealing.ctx.database.dialect.name === 'sqlite' ? [1, 1] : [1 + (nr % 3), 3]
      for (let at = from; at <= calls; at += step) {
        await unseal(sealing.ctx.database, earlier)
        const disk = first.copy()
        disk.arm({ ...fault, at } as Fault)
        const end = await sealing.seal(disk).catch((error: unknown) => error)
        const expected = end instanceof Gone || end instanceof OubliError || end === later
        expect(expected, `call ${at}: ${String(end)}`).to.equal(true)
        disk.arm(null)
        const hurt = await sealing.verify(disk)
        const signed = hurt.newest?.size
        expect(signed, `call ${at}: ${JSON.stringify(hurt.findings)}`).to.be.oneOf([earlier, later])
        expect(
          hurt.findings.filter(({ code }) => code !== 'tail not signed'),
          `call ${at}`,
        ).to.deep.equal([])
        expect(await sealing.seal(disk), `call ${at}, sealed again`).to.equal(later)
        const healed = await verifiedBy(disk)
        expect(healed.root, `call ${at}`).to.equal(root)
      }
    })

  async function verifiedBy(disk: FrailDisk) {
    const report = await sealing.verify(disk)
    expect(report.findings).to.deep.equal([])
    expect([report.state, report.newest?.size]).to.deep.equal(['verified', later])
    return report
  }
})

eachDatabase('the first sealing of a log, whose disk fails', (open) => {
  const some = 5
  let sealing: Sealing
  before(async () => {
    sealing = await openSealing(await open())
    await sealing.put(0, some)
  })
  after(() => sealing.close())

  for (const fault of faults)
    it(`by ${named(fault)}, at every call`, async () => {
      let calls = Infinity
      let hurtCalls = 0
      for (let at = 1; at <= calls; at += 1) {
        await unseal(sealing.ctx.database, 0)
        const disk = frailDisk()
        disk.arm({ ...fault, at } as Fault)
        const end = await sealing.seal(disk).catch((error: unknown) => error)
        if (end === some && disk.calls() < at) calls = at
        else hurtCalls += 1
        const expected = end instanceof Gone || end instanceof OubliError || end === some
        expect(expected, `call ${at}: ${String(end)}`).to.equal(true)
        disk.arm(null)
        const hurt = await sealing.verify(disk)
        // Before the checkpoint stands there is no log yet, and nothing that looks like one.
        const known = hurt.newest === null ? ['no checkpoint'] : ['tail not signed']
        expect(hurt.newest?.size, `call ${at}`).to.be.oneOf([undefined, some])
        expect(
          hurt.findings.filter(({ code }) => !known.includes(code)),
          `call ${at}`,
        ).to.deep.equal([])
        expect(await sealing.seal(disk), `call ${at}, sealed again`).to.equal(some)
        const healed = await sealing.verify(disk)
        expect([healed.state, healed.newest?.size], `call ${at}`).to.deep.equal(['verified', some])
      }
      expect(hurtCalls, 'calls that were hurt').to.be.greaterThan(20)
    })
})
