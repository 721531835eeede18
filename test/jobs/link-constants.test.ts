/** A kind is those rows of its table that have the constants of its link; a policy on it touches no others. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { install } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { clockFiles, clockRows } from './clock-site.ts'
import { smallNow, smallPolicy } from './small-site.ts'

const policy = (then: string): string =>
  smallPolicy(
    'files',
    `data: file
keep_at_most: 1 year
counted_from: uploaded
${then}
per_run: { rows: 2000 }
stop_above: { percent: 100 }`,
  )

eachDatabase('a policy on the files of members', (open) => {
  for (const then of ['then: erase', 'then: anonymise'])
    it(`leaves the files of tickets as they are (${then})`, async () => {
      const { tables, dataMap } = clockFiles()
      const file = /( {2}file: \{.*) \}\n/
      expect(dataMap).to.match(file)
      const files = {
        tables: [
          ...tables.map((text) =>
            text.replace('uploaded_at DATETIME', 'name VARCHAR(80), uploaded_at DATETIME'),
          ),
          'CREATE INDEX files_uploaded ON files (owner_type, uploaded_at)',
        ],
        dataMap: dataMap.replace(
          file,
          '$1, events: { uploaded: { column: uploaded_at } }, personal: { name: blank } }\n',
        ),
        policies: { files: policy(then) },
      }
      const one = await install(await open(), files, smallNow)
      try {
        await insert(one.database, 'members', clockRows['members'] ?? [])
        const rows = ['member', 'ticket', 'member', 'ticket'].map((owner_type, i) => ({
          ...{ id: i + 1, owner_type, owner_id: 7, name: 'cv.pdf' },
          uploaded_at: i < 2 ? '2020-01-01 08:00:00' : '2026-05-01 08:00:00',
        }))
        await insert(one.database, 'files', rows)
        await one.oubli(['run'])
        await one.approve()
        const said = await one.oubli(['run'])
        expect(said.exit, said.text).to.equal(0)
        const left = await one.database.rows({ text: 'SELECT id, name FROM files ORDER BY id', values: [] })
        const first = then === 'then: erase' ? [] : [[1, '']]
        expect(left.map(({ id, name }) => [Number(id), name])).to.deep.equal([
          ...first,
          ...[2, 3, 4].map((id) => [id, 'cv.pdf']),
        ])
      } finally {
        await one.close()
      }
    })

  it('is stopped by its share of them, and not of all files', async () => {
    const { tables, dataMap } = clockFiles()
    const files = {
      tables: [...tables, 'CREATE INDEX files_uploaded ON files (owner_type, uploaded_at)'],
      dataMap: dataMap.replace(
        /( {2}file: \{.*) \}\n/,
        '$1, events: { uploaded: { column: uploaded_at } } }\n',
      ),
      policies: { files: policy('then: erase').replace('percent: 100', 'percent: 50') },
    }
    const one = await install(await open(), files, smallNow)
    try {
      await insert(one.database, 'members', clockRows['members'] ?? [])
      const rows = Array.from({ length: 60 }, (_, i) => ({
        ...{ id: i + 1, owner_type: i < 14 ? 'member' : 'ticket', owner_id: 7 },
        uploaded_at: i < 12 ? '2020-01-01 08:00:00' : '2026-05-01 08:00:00',
      }))
      // A policy that has never acted is approved with its counts.
      await insert(one.database, 'files', [{ ...rows[0], id: 100 }])
      await one.oubli(['run'])
      await one.approve()
      expect((await one.oubli(['run'])).exit).to.equal(0)
      await insert(one.database, 'files', rows)
      const said = await one.oubli(['plan', '--json'])
      expect(said.text).to.match(/"kind": ?"share"/)
    } finally {
      await one.close()
    }
  })
})
