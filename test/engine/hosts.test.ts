/** Several hosts at once, each a process of its own; one is frozen past its lease and wakes up too late. */
import { expect } from 'chai'
import type { ChildProcess } from 'node:child_process'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { begin, changesOf, later, siteOf, stopped, verified } from './kill.ts'
import { ownTables, siteTables } from './site-files.ts'
import { twins, type Twins } from './twins.ts'

eachDatabase('several hosts', (open) => {
  let pair: Twins
  let n = 0
  before(async function () {
    this.timeout(600_000)
    pair = await twins(open)
  })
  after(() => pair.close())
  beforeEach(async () => {
    await pair.nextDay((n += 1))
    expect((await pair.undisturbed.oubli(['run'])).exit).to.equal(0)
  })

  for (const many of [2, 4, 8])
    it(`of ${many} that start at once, one works and the others end with 5`, async () => {
      // Who gets the lease stands still inside its first batch until all others have ended.
      const hosts = Array.from({ length: many }, () =>
        begin(pair.killed, { point: 'locked', signal: 'SIGSTOP' }, ['run']),
      )
      const still = new Set(hosts)
      const all = hosts.map(async (host) => {
        const { exit, text } = await host.ended
        still.delete(host)
        const [last] = still
        if (still.size === 1 && last !== undefined) await wake(last.child)
        return { exit, text }
      })
      const ended = await Promise.all(all)
      const exits = ended.map(({ exit }) => exit).sort()
      expect(exits, ended.map(({ text }) => text).join('\n')).to.deep.equal([
        0,
        ...Array.from({ length: many - 1 }, () => 5),
      ])
      await expectSame()
    })

  for (const point of ['run begun', 'committed'] as const)
    it(`one frozen at "${point}" past its lease: another takes over, and the woken one writes nothing`, async () => {
      const { killed } = pair
      const frozen = begin(killed, { point, signal: 'SIGSTOP' }, ['run'])
      await stopped(frozen.child)
      const next = await killed.oubli(['run'], { clock: () => Date.now() + later() })
      expect(next.exit, next.text).to.equal(0)
      const before = await ownState(killed.database)
      frozen.child.kill('SIGCONT')
      const { exit, text } = await frozen.ended
      expect(exit, text).to.equal(5)
      expect(text).to.include('E_FENCED')
      expect(await ownState(killed.database)).to.deep.equal(before)
      await expectSame()
    })

  async function expectSame(): Promise<void> {
    const { killed, undisturbed } = pair
    expect(await siteOf(killed.database, siteTables)).to.deep.equal(
      await siteOf(undisturbed.database, siteTables),
    )
    expect(await changesOf(killed.database)).to.deep.equal(await changesOf(undisturbed.database))
    expect(await verified(killed)).to.match(/^VERIFIED/m)
  }
})

/** A run that was fenced says how it ended, and gave a sign of life until it knew. */
const itsOwn: readonly string[] = ['oubli_run', 'oubli_beat']

async function ownState(database: Database): Promise<unknown> {
  const tables = [...siteTables, ...ownTables].filter((table) => !itsOwn.includes(table))
  return await siteOf(database, tables)
}

async function wake(child: ChildProcess): Promise<void> {
  await stopped(child)
  child.kill('SIGCONT')
}
