/**
 * Some of the same stories with the real program on a real database, and the same invariants. As many as fit
 * into a quarter of a minute; `OUBLI_SEED=n` plays one.
 */
import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/connect.ts'
import type { Database } from '../../db/session.ts'
import { useDatabase } from '../databases.ts'
import type { Defect } from './defects.ts'
import type { Violation } from './invariants.ts'
import { openRealSite, type RealSite } from './real-site.ts'
import { playReal, type Tally } from './real-story.ts'
import { scriptOf, type Script, type What } from './script.ts'

const wanted = process.env['OUBLI_SEED']
const longest = 15_000
const [fewest, most] = [8, 300]
const nothing: Tally = { erased: 0, sent: 0, killed: 0, commitsLost: 0 }

describe('the simulator, with the real program', function () {
  this.timeout(1_800_000)
  let site: RealSite
  let database: Database
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oubli-simulated-'))
    const settings = { client: 'sqlite', file: join(folder, 'site.db') } as const
    database = await openDatabase(settings)
    useDatabase(database, settings)
    const { words, slots } = scriptOf(1)
    site = await openRealSite(database, words, slots[0] ?? 0)
  })
  after(async () => {
    await site.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('keeps every invariant, and its evidence verifies', async () => {
    const started = Date.now()
    const tally = { ...nothing }
    let played = 0
    for (const seed of wanted === undefined ? troubledSeeds() : [Number(wanted)]) {
      const violation = await playReal(site, scriptOf(seed), null, tally)
      if (violation !== null)
        expect.fail(`seed ${seed}: ${violation.invariant}: ${violation.found}; again: OUBLI_SEED=${seed}`)
      played += 1
      if (Date.now() - started > longest && played >= fewest) break
    }
    expect(site.logged, 'a log that could have told an address').not.to.have.length(0)
    if (wanted === undefined)
      for (const [what, count] of Object.entries(tally)) expect(count, what).to.be.greaterThan(0)
  })

  it('lets no waiting mail leave when a sign of life comes late', async () => {
    expect(await playReal(site, lateSign(scriptOf(1)), null, { ...nothing })).to.equal(null)
  })

  const built: readonly Defect[] = [
    'tombstone missing',
    'evidence outside the transaction',
    'cursor outside the transaction',
    'slice not kept',
  ]
  for (const defect of built)
    it(`catches ${defect}`, async () => {
      if (wanted !== undefined) return
      expect(await firstViolation(site, defect), 'a violation').not.to.equal(null)
    })
})

/** In stories of people who are long due and need no warning, so that somebody goes in each, one in a run. */
async function firstViolation(site: RealSite, defect: Defect): Promise<Violation | null> {
  for (let seed = 1; seed < 40; seed += 1) {
    const violation = await playReal(site, overdue(scriptOf(seed)), defect, {
      ...nothing,
    })
    if (violation !== null) return violation
  }
  return null
}

function overdue(script: Script): Script {
  const people = script.people.map((person) => ({ ...person, daysSilent: 90, role: 'customer' as const }))
  const words = { ...script.words, warns: false, stopAbove: null, mostPeople: 1 }
  return { ...script, people, words }
}

/** Stories in which several runs go wrong. */
function troubledSeeds(): readonly number[] {
  const seeds = Array.from({ length: most }, (_, i) => i + 1)
  const troubles = (seed: number): number =>
    scriptOf(seed).happenings.filter(({ what, fault }) => what === 'run' && fault !== null).length
  return seeds.filter((seed) => troubles(seed) > 2)
}

/** Queued while the relay is away; a session that is younger than the last one known comes in; then the relay is back. */
function lateSign(script: Script): Script {
  const start = script.slots[0] ?? 0
  const person = { daysSilent: 50, address: 'valid', refused: false, role: 'customer', sessions: 1 } as const
  const words = { ...script.words, warns: true, stopAbove: null, daysBefore: [8] }
  const hours = [0, 1, 2, 3, 4, 5, 7]
  const whats: readonly What[] = [
    'run',
    'approve',
    'relay is away',
    'run',
    'late session',
    'relay works',
    'deliver',
  ]
  return {
    ...script,
    people: [person],
    words,
    slots: hours.map((hour) => start + hour * 3_600_000),
    happenings: whats.map((what, slot) => ({
      ...{ slot, what, who: 0, delay: 0, until: null, fault: null },
      choice: 0.85,
    })),
  }
}
