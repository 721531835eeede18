/** What is counted of a table in partitions before a run drops them: by whole partitions, and the rest row by row. */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { addHold } from '../../db/own/holds.ts'
import { seenPartitions, wholePart } from '../../engine/check-partition.ts'
import { runPolicy } from '../../engine/run-policy.ts'
import { survey, type Survey } from '../../engine/survey.ts'
import { eachServer } from '../databases.ts'
import { warningOf } from '../plan/judged-policy.ts'
import { asOf, sql, type Lab } from './lab.ts'
import { byDatetime, drop, fillYears, partitionsOf, viewsLab } from './partitioned.ts'

const startOf = (year: number): number => Date.parse(`${year}-01-01T00:00:00Z`)
/** Three years later, on the day after. */
const march = (year: number): number => Date.parse(`${year}-03-02T00:00:00+01:00`)

async function seen(lab: Lab, edge: number | null = null): Promise<Survey> {
  return await survey(lab.ports, lab.policy(), asOf, true, edge)
}

eachServer('what is due in a table in partitions', (open) => {
  it('is counted once, whether whole partitions hold it or not', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    expect(await seen(lab)).to.deep.include({
      due: 9,
      entering: 9,
      past: { due: { rows: 9, since: march(2022) } },
      oldestDue: march(2022),
      tables: { views: { erased: 9 } },
    })
    expect(await seenPartitions(lab.ports, lab.policy(), asOf)).to.deep.equal(
      ['p2019', 'p2020', 'p2021', 'p2022'].map((partition) => ({ partition, rows: 2 })),
    )
    expect(await wholePart(lab.ports, lab.policy(), asOf), 'without looking at its rows').to.deep.equal({
      rows: 8,
      low: '2019-03-01 10:00:00',
      high: '2023-01-01 00:00:00',
    })
    const { dropsPartitions, ...kept } = lab.policy()
    expect(dropsPartitions).to.equal(true)
    expect(await seenPartitions(lab.ports, kept, asOf), 'for a policy that drops none').to.deep.equal([])
  })

  it('is counted apart for a backlog that ends within them, at their end, or after', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const overdue: (number | undefined)[] = []
    for (const edge of [2021, 2023, 2024].map(startOf)) overdue.push((await seen(lab, edge)).backlog?.overdue)
    expect(overdue).to.deep.equal([4, 8, 9])
    expect((await seen(lab, startOf(2024))).backlog?.entering).to.equal(9)
  })

  it('is the same where a partition is in doubt, and those after it are looked at row by row', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    await sql(lab.database, "INSERT INTO views (id, seen_at) VALUES (7, '2009-05-05')")
    expect(await seen(lab)).to.deep.include({ due: 9, oldestDue: march(2022) })
    await sql(lab.database, 'DELETE FROM views WHERE id = 7')
    const outcome = await lab.database.transaction(
      async (tx) => {
        await tx.run({ text: "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'", values: [] })
        await tx.run({ text: "INSERT INTO views (id, seen_at) VALUES (7, '2021-02-30')", values: [] })
      },
      { closeAfter: true },
    )
    if (outcome.state !== 'committed') throw outcome.error
    expect(await wholePart(lab.ports, lab.policy(), asOf)).to.include({
      rows: 4,
      high: '2021-01-01 00:00:00',
    })
    const found = await seen(lab)
    expect(found).to.deep.include({ due: 9, oldestDue: march(2022), spared: { 'clock cannot be true': 1 } })
    expect(await seenPartitions(lab.ports, lab.policy(), asOf)).to.deep.equal([
      { partition: 'p2019', rows: 2 },
      { partition: 'p2020', rows: 2 },
      { partition: 'p2021', rows: null },
      { partition: 'p2022', rows: 2 },
    ])
  })

  it('begins with the first partition that has a row', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database, ['2020', '2022'])
    expect(await seen(lab)).to.deep.include({ due: 4, oldestDue: march(2023) })
    expect(await seenPartitions(lab.ports, lab.policy(), asOf)).to.deep.equal([
      { partition: 'p2020', rows: 2 },
      { partition: 'p2022', rows: 2 },
    ])
    await sql(lab.database, 'DELETE FROM views WHERE id IN (20200, 20201, 20220, 20221)')
    expect(await seen(lab)).to.deep.include({ due: 0, oldestDue: null, tables: {} })
  })

  it('is all counted where a partition between others has a name that is never dropped', async () => {
    const lab = await viewsLab(await open(), byDatetime.replace('p2020', '`p.2020`'))
    await fillYears(lab.database)
    expect(await seen(lab)).to.include({ due: 9, oldestDue: march(2022) })
    expect((await drop(lab)).dropped).to.deep.equal(['p2019', 'p2021', 'p2022'])
  })

  it('is looked at row by row while a hold could cover some of it', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    await addHold(lab.database, {
      id: 'h',
      kind: 'view',
      keyText: '["20200","2020-03-01 10:00:00"]',
      matter: 'm',
      because: 'b',
      setBy: 's',
      setAt: '2026-01-01',
      reviewBy: '2027-01-01',
    })
    expect(await seen(lab)).to.deep.include({ due: 8, spared: { held: 1 }, oldestDue: march(2022) })
    expect(await seenPartitions(lab.ports, lab.policy(), asOf)).to.deep.equal([])
  })

  it('goes row by row where mails of before may have named a day, and what waits for it stays', async () => {
    const lab = await viewsLab(await open())
    await fillYears(lab.database)
    const day = 86_400_000
    const told = new Map([
      ['["20200","2020-03-01 10:00:00"]', [warningOf(0, asOf - 20 * day, asOf + day, { policy: 'p' })]],
    ])
    Object.assign(lab.ports, { warningsOf: () => Promise.resolve(told) })
    const announced = { ...lab.policy(), announced: true as const }
    expect(await survey(lab.ports, announced, asOf, true, null)).to.deep.include({
      due: 8,
      spared: { 'warned, not yet due': 1 },
    })
    expect(await seenPartitions(lab.ports, announced, asOf)).to.deep.equal([])
    const place = { run: randomBytes(16).toString('hex'), asOf, lease: lab.lease }
    const { done } = await runPolicy(lab.ports, announced, place, { items: 100, pace: lab.pace })
    expect(done).to.equal(8)
    expect((await lab.rows('views')).map(({ id }) => Number(id))).to.include(20200)
    expect(await partitionsOf(lab.database)).to.include('p2020')
  })
})
