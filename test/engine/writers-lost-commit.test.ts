/** Two writers at work, and the line of one of them, or of both, is cut at its COMMIT. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { onPoint, type Point } from '../../base/point.ts'
import { openDatabase, type MysqlSettings } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { PolicyOutcome } from '../../engine/run-policy.ts'
import { cuts, startCommitProxy, type CommitProxy, type Cut } from '../commit-proxy.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { crowdOf, expectProven, people } from './crowd.ts'
import { dumpOf, portsOf, type Lab } from './lab.ts'
import { shopTables } from './shop.ts'

/** The first that reach a place wait there until so many have. */
function meeting(
  at: Point,
  many: number,
  then: () => void = () => undefined,
): (point: Point) => Promise<void> {
  let [here, open] = [0, (): void => undefined]
  const all = new Promise<void>((resolve) => (open = resolve))
  return async (point) => {
    if (point !== at) return
    if ((here += 1) === many) {
      then()
      open()
    }
    await all
  }
}

eachServer('when two writers are at work and the answer to a COMMIT is lost', (open) => {
  let lab: Lab
  let far: Database
  let proxy: CommitProxy
  beforeEach(async () => {
    lab = await crowdOf(await open(), 2)
    const settings = databaseUrlSettings(lab.database).settings as MysqlSettings
    proxy = await startCommitProxy(settings.port ?? 3306)
    far = await openDatabase({ ...settings, port: proxy.port })
  })
  afterEach(async () => {
    onPoint(() => Promise.resolve())
    await far.close()
    await proxy.close()
  })

  async function runWith(
    point: (point: Point) => Promise<void>,
    items = people.length,
  ): Promise<PolicyOutcome> {
    Object.assign(lab.ports, portsOf(far, point))
    return await lab.run('p', items)
  }

  async function expectDone(outcome: PolicyOutcome): Promise<void> {
    expect(proxy.waiting, 'the line was cut').to.equal(null)
    expect(outcome).to.include({ done: people.length, busy: 0, setAside: 0, stopped: 'done' })
    for (const table of shopTables) expect(await lab.rows(table), table).to.deep.equal([])
    await expectProven(lab)
    for (const table of ['oubli_entry', 'oubli_tombstone'])
      expect(await dumpOf(lab.database, table)).to.have.length(people.length)
  }

  for (const how of cuts)
    it(`${how}, of the second writer: the first goes on under the new token`, async () => {
      const token = lab.lease.token
      const outcome = await runWith(
        meeting('before commit', 2, () => {
          proxy.cut(how, /'p#2'/)
        }),
      )
      await expectDone(outcome)
      expect(lab.lease.token).to.equal(token + 1n)
    })

  for (const [first, second] of [
    ['lose commit', 'lose answer'],
    ['lose answer', 'lose answer'],
    ['lose line', 'lose commit'],
  ] as const)
    it(`${first} of the one and ${second} of the other: both know what became of theirs`, async () => {
      const token = lab.lease.token
      const cutBoth = async (one: Cut, other: Cut): Promise<void> => {
        proxy.cut(one)
        while (proxy.waiting !== null) await sleep(1)
        proxy.cut(other)
      }
      // The second COMMIT is sent once the first is lost, so that one cut each meets them.
      let [here, open] = [0, (): void => undefined]
      const lost = new Promise<void>((resolve) => (open = resolve))
      const outcome = await runWith(async (point) => {
        if (point !== 'before commit' || (here += 1) > 2) return
        if (here === 2) {
          void cutBoth(first, second).then(open)
          return
        }
        await lost
      })
      await expectDone(outcome)
      expect(lab.lease.token).to.equal(token + 2n)
    })

  it('the other writer finds the token raised before this process knows it: it is no stranger', async () => {
    let raised = (): void => undefined
    const known = new Promise<void>((resolve) => (raised = resolve))
    onPoint(async (point) => {
      if (point !== 'token committed') return
      raised()
      // The other begins a transaction now; the new token is not written down here yet.
      await sleep(300)
    })
    let [cut, begun] = [false, 0]
    const outcome = await runWith(async (point) => {
      if (point === 'committed' && (begun += 1) === 1) await known
      if (point === 'before commit' && !cut) {
        cut = true
        proxy.cut('lose answer')
      }
    })
    await expectDone(outcome)
  })

  it('the answer to the COMMIT that raises the token is lost as well', async () => {
    let cut = 0
    onPoint((point) => {
      if (point === 'token raised' && (cut += 1) === 1) proxy.cut('lose answer')
      return Promise.resolve()
    })
    const token = lab.lease.token
    const outcome = await runWith(
      meeting('before commit', 2, () => {
        proxy.cut('lose answer')
      }),
    )
    await expectDone(outcome)
    expect(cut).to.equal(2)
    expect(lab.lease.token, 'once more for the lost answer').to.equal(token + 2n)
  })

  for (const how of ['lose answer', 'lose commit'] as const)
    it(`${how}, and nobody can be asked for a while: what was done counts, and fits the slice`, async () => {
      let cut = false
      const outcome = await runWith(async (point) => {
        if (point !== 'before commit' || cut) return
        cut = true
        proxy.cut(how)
        proxy.refuse(3)
        await Promise.resolve()
      }, 18)
      expect(proxy.waiting, 'the line was cut').to.equal(null)
      expect(outcome).to.include({ done: 18, busy: 0, stopped: 'slice' })
      expect(await lab.rows('users')).to.have.length(people.length - 18)
      await expectProven(lab)
    })
})
