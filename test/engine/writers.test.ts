/** Several writers at the same time on the people of one policy: no more, no less and no other than one would do. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import type { BatchResult } from '../../engine/apply-batch.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { crowdOf, expectProven } from './crowd.ts'
import { dumpOf, fresh, insert, sql } from './lab.ts'
import { shopTables } from './shop.ts'
import { spyOn } from './spy.ts'

const others = 300

/** In a table of some size the server looks at the rows that are asked for, so that writers do not meet. */
async function addOthers(database: Database): Promise<void> {
  const rows = Array.from({ length: others }, (_, i) => ({ id: 1000 + i, email: 'x', seen_at: fresh }))
  await insert(
    database,
    'users',
    rows.map((one) => ({ ...one, created_at: fresh })),
  )
}

eachServer('several writers', (open) => {
  for (const ties of ['loose', 'tied'] as const)
    for (const writers of [2, 3])
      it(`${writers} of them leave what one leaves, ${ties} tables`, async () => {
        const [one, several] = [
          await crowdOf(await open(), 1, ties),
          await crowdOf(await open(), writers, ties),
        ]
        for (const lab of [one, several]) {
          await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id IN (3, 17)', fresh)
          await sql(lab.database, "UPDATE orders SET status = 'paid' WHERE user_id IN (8, 40)")
        }
        const spy = spyOn(several)
        several.point = async (point) => {
          if (point === 'locked') await sleep(10)
        }
        const outcome = await several.run()
        expect(outcome).to.deep.equal(await one.run())
        expect(outcome).to.include({ done: 36, busy: 0, setAside: 0, stopped: 'done' })
        expect(spy.most(), 'at the same time').to.equal(writers)
        for (const table of shopTables) expect(await several.rows(table)).to.deep.equal(await one.rows(table))
        for (const lab of [one, several]) await expectProven(lab)
        const cursors = (await dumpOf(several.database, 'oubli_cursor')).map((row) => row['policy']).sort()
        expect(cursors).to.deep.equal(['p', 'p#2', 'p#3'].slice(0, writers))
      })

  for (const writers of [2, 3])
    it(`${writers} of them never take more than the slice, whoever stays meanwhile`, async () => {
      const lab = await crowdOf(await open(), writers)
      await sql(lab.database, 'UPDATE users SET seen_at = ? WHERE id IN (2, 7)', fresh)
      const site = await openDatabase(databaseUrlSettings(lab.database).settings)
      let back = 10
      lab.point = async (point) => {
        // Somebody of a batch that is under way comes back: that batch does fewer than it was given.
        if (point === 'before lock' && (back += 1) < 14)
          await sql(site, 'UPDATE users SET seen_at = ? WHERE id = ?', fresh, back)
        if (point === 'locked') await sleep(10)
      }
      for (const [slice, left] of [
        [11, 29],
        [1, 28],
        [5, 23],
      ] as const) {
        expect(await lab.run('p', slice)).to.include({ done: slice, busy: 0, stopped: 'slice' })
        expect(await lab.rows('users')).to.have.length(left)
      }
      await expectProven(lab)
      await site.close()
    })

  it('becomes one as soon as the site has room for one only, and several again', async () => {
    const lab = await crowdOf(await open(), 2)
    await addOthers(lab.database)
    const spy = spyOn(lab)
    const together: number[] = []
    // Asked once for each batch.
    let asked = 0
    lab.pace = { ...lab.pace, writers: () => ((asked += 1) >= 5 && asked <= 7 ? 1 : 2) }
    lab.point = async (point) => {
      if (point === 'before lock') together.push(spy.open())
      if (point === 'locked') await sleep(20)
    }
    expect(await lab.run()).to.include({ done: 40, stopped: 'done' })
    expect(spy.failures).to.deep.equal([])
    // The fifth to the seventh were sent while there was room for one; the eighth beside the seventh.
    expect(together.slice(4, 6)).to.deep.equal([1, 1])
    expect([together.slice(0, 4), together.slice(7)].map((some) => Math.max(...some))).to.deep.equal([2, 2])
    await expectProven(lab, others)
  })

  it('break although the run is told to stop meanwhile: that is no stop', async () => {
    const lab = await crowdOf(await open(), 2)
    await addOthers(lab.database)
    let [turns, tell, first] = [0, (): void => undefined, true]
    const told = new Promise<void>((resolve) => (tell = resolve))
    lab.pace = {
      ...lab.pace,
      turn: () => {
        if ((turns += 1) < 3) return Promise.resolve(null)
        tell()
        return Promise.resolve('interrupted by SIGTERM')
      },
    }
    lab.point = async (point) => {
      if (point !== 'locked' || !first) return
      first = false
      await told
      await sleep(50)
      throw new Error('a defect')
    }
    const ended = await lab.run().then(
      ({ stopped }) => stopped,
      (error: unknown) => String(error),
    )
    expect(ended).to.equal('Error: a defect')
    await expectProven(lab, others)
  })

  it('is one in the sweep, where nobody is busy because of another of ours', async () => {
    const lab = await crowdOf(await open(), 2)
    await addOthers(lab.database)
    const site = await openDatabase(databaseUrlSettings(lab.database).settings)
    const spy = spyOn(lab)
    let [done, release] = [0, (): void => undefined]
    const over = new Promise<void>((resolve) => (release = resolve))
    let held: Promise<unknown> = Promise.resolve()
    await new Promise<void>((locked) => {
      held = site.transaction(async (tx) => {
        await tx.run({ text: 'UPDATE users SET email = ? WHERE id BETWEEN 1 AND 8', values: ['x'] })
        locked()
        await over
      })
    })
    const inSweep: number[] = []
    spy.committed = (value) => {
      done += (value as BatchResult).done
      if (done === 32) release()
    }
    lab.point = async (point) => {
      if (point === 'locked') await sleep(20)
      if (point === 're-checked' && done >= 32) inSweep.push(spy.open())
    }
    expect(await lab.run()).to.include({ done: 40, busy: 0, stopped: 'done' })
    expect([spy.most(), ...inSweep]).to.deep.equal([2, 1, 1])
    await held
    await site.close()
  })
})
