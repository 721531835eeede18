import { expect } from 'chai'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { createLab, monday, until, type Child, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'

const hour = 3_600_000

eachDatabase('the scheduler, as a process', (open) => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab(await open())
    expect((await lab.oubli(['migrate'])).exit).to.equal(0)
  })
  afterEach(() => lab.close())

  it('works on each slot once, however many schedulers wake up', async () => {
    const all = [1, 2].map((number) => startScheduler(lab, `beat-${number}`))
    for (const scheduler of all) await scheduler.awake()
    // One may find the other at the purge just before its own warnings, and give that slot back.
    all.push(startScheduler(lab, 'beat-later'))
    await all.at(-1)?.awake()
    expect(await slots(lab)).to.deep.equal([
      'deliver 2026-11-23T10:00:00.000Z done',
      'purge 2026-11-23T03:30:00.000Z done',
      'verify 2026-11-23T05:00:00.000Z done',
      'warn 2026-11-23T08:00:00.000Z done',
    ])
    expect(await runs(lab)).to.deep.equal(['purge done', 'warn done'])
    for (const scheduler of all) expect(await scheduler.end(), scheduler.child.err()).to.equal(0)
    expect(all.map(({ child }) => child.out().trim())).to.deep.equal(
      all.map(() => 'why stopped: interrupted by SIGTERM'),
    )
  })

  it('catches up what was missed within the deadline, and reports the rest once', async () => {
    await setSandboxNow(lab.database, monday + 14 * hour) // Tuesday, 01:00 in Paris
    for (const beat of ['first', 'second']) {
      const scheduler = startScheduler(lab, beat)
      await scheduler.awake()
      expect(await scheduler.end()).to.equal(0)
      const missed = linesOf(scheduler.child.err(), 'slot.missed').map(({ job }) => job)
      expect(missed).to.deep.equal(beat === 'first' ? ['purge'] : [])
    }
    expect(await slots(lab)).to.deep.equal([
      'deliver 2026-11-24T00:00:00.000Z done',
      'purge 2026-11-23T03:30:00.000Z missed',
      'verify 2026-11-23T05:00:00.000Z done',
      'warn 2026-11-23T08:00:00.000Z done',
    ])
    expect(await runs(lab)).to.deep.equal(['warn done'])
  })
})

interface Scheduler {
  readonly child: Child
  readonly awake: () => Promise<void>
  readonly end: () => Promise<number | null>
}

/** Its first look at the slots is over when the heartbeat is written. */
export function startScheduler(lab: Lab, beat: string): Scheduler {
  const file = join(lab.folder, beat)
  const child = lab.spawn(['schedule'], { OUBLI_HEARTBEAT_FILE: file, OUBLI_LOG_FILE: `${file}.log` })
  return {
    child,
    awake: () => until(`${beat} awake\n${child.err()}`, () => existsSync(file)),
    end: async () => {
      child.process.kill('SIGTERM')
      return (await child.ended).code
    },
  }
}

async function slots(lab: Lab): Promise<readonly string[]> {
  const rows = await lab.database.rows({
    text: 'SELECT job, slot, state FROM oubli_slot ORDER BY job, slot',
    values: [],
  })
  return rows.map((row) => [row['job'], row['slot'], row['state']].map(String).join(' '))
}

async function runs(lab: Lab): Promise<readonly string[]> {
  const rows = await lab.database.rows({ text: 'SELECT job, state FROM oubli_run ORDER BY job', values: [] })
  return rows.map((row) => [row['job'], row['state']].map(String).join(' '))
}

function linesOf(text: string, event: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter((line) => line['event'] === event)
}
