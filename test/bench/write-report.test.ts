import { expect } from 'chai'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judge } from '../../bench/judge.ts'
import { paces } from '../../bench/pace.ts'
import { writeReport } from '../../bench/write-report.ts'

describe('the file of a benchmark', () => {
  it('holds every round by contender, the judgements, the machine and the settings', async () => {
    const rounds = [new Map([['Oubli', { rate: 30 }]]), new Map([['pt-archiver', { rate: 10 }]])]
    const figures = { 'partition.seconds': [0.1, 0.3] }
    const options = { workloads: ['partition'], quick: true, rounds: 2, window: 2.5, json: 'a.json' } as const
    const folder = await mkdtemp(join(tmpdir(), 'oubli-bench-test-'))
    try {
      const file = join(folder, 'a.json')
      await writeReport(file, {
        ...{ machine: { processor: 'two cores' }, options, server: ['--sync-binlog=1'], paces },
        reports: [
          {
            ...{ workload: 'partition', seconds: 7, judgements: judge('partition', figures) },
            outcome: { tables: [], figures, notes: ['once'], rounds },
          },
        ],
      })
      const text = await readFile(file, 'utf8')
      expect(text.endsWith('}\n')).to.equal(true)
      const read: unknown = JSON.parse(text)
      expect(read).to.deep.include({
        machine: { processor: 'two cores' },
        options,
        server: ['--sync-binlog=1'],
        paces,
      })
      expect(read).to.have.nested.property('reports.length', 1)
      expect(read).to.have.deep.nested.property('reports[0].outcome', {
        ...{ tables: [], figures, notes: ['once'] },
        rounds: [{ Oubli: { rate: 30 } }, { 'pt-archiver': { rate: 10 } }],
      })
      expect(read).to.have.nested.property('reports[0].judgements[0].interval.median', 0.2)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
