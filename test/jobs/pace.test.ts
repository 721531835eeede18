import { expect } from 'chai'
import { loadSettings } from '../../config/load.ts'
import type { PaceSettings } from '../../config/pace-settings.ts'
import { paceAt } from '../../jobs/pace.ts'

const none = { cwd: '/nowhere' }
async function settings(env: Readonly<Record<string, string>> = {}): Promise<PaceSettings> {
  return (await loadSettings({ ...none, env })).pace
}
/** A Monday in Paris, one hour ahead of UTC. */
const noon = Date.parse('2026-11-23T11:00:00Z')
const night = Date.parse('2026-11-23T02:00:00Z')

describe('the pace of an hour', () => {
  it('is gentle by default, and gentler in the working hours of the zone', async () => {
    const set = await settings()
    expect(paceAt(set, 'Europe/Paris', noon)).to.include({ duty: 0.01, writers: 1 })
    expect(paceAt(set, 'Europe/Paris', night)).to.include({ duty: 0.02, writers: 1 })
    expect(paceAt(set, 'Asia/Tokyo', night)).to.include({ duty: 0.01 })
    expect(paceAt(set, 'UTC', night).sizes(false)).to.deep.equal({
      min: 10,
      start: 100,
      max: 100,
      targetMs: 25,
    })
  })

  it('has no rest and several writers in the maintenance hours, and there only', async () => {
    const set = await settings({ OUBLI_PACE_MAINTENANCE: 'mon 02:00-04:00', OUBLI_PACE_WRITERS: '3' })
    expect(paceAt(set, 'Europe/Paris', night)).to.include({ duty: 1, writers: 3 })
    expect(paceAt(set, 'Europe/Paris', night).sizes(true).max).to.equal(200)
    expect(paceAt(set, 'Europe/Paris', noon)).to.include({ duty: 0.01, writers: 1 })
    const full = await settings({ OUBLI_PACE_PROFILE: 'full', OUBLI_PACE_WRITERS: '3' })
    expect(paceAt(full, 'UTC', noon)).to.include({ duty: 1, writers: 1 })
  })

  it('can fix the size of a commit', async () => {
    const set = await settings({
      OUBLI_PACE_ROWS_PER_COMMIT_MIN: '1000',
      OUBLI_PACE_ROWS_PER_COMMIT_MAX: '1000',
      OUBLI_PACE_PEOPLE_PER_COMMIT_MAX: '3',
      OUBLI_PACE_TARGET_MS: '77',
    })
    const { sizes } = paceAt(set, 'UTC', noon)
    expect(sizes(false)).to.deep.equal({ min: 1000, start: 1000, max: 1000, targetMs: 77 })
    expect(sizes(true)).to.deep.equal({ min: 1, start: 3, max: 3, targetMs: 77 })
    const one = await settings({ OUBLI_PACE_ROWS_PER_COMMIT_MIN: '5000' })
    expect(paceAt(one, 'UTC', noon).sizes(false)).to.include({ min: 5000, max: 5000 })
  })

  it('is read from one line of replicas and of names', async () => {
    const set = await settings({
      OUBLI_PACE_REPLICAS: 'db2.internal, 10.0.0.3:3307,[::1]:3308',
      OUBLI_PACE_REQUIRE: 'replica_lag_ms, read_only',
    })
    expect(set.replicas).to.deep.equal([
      { host: 'db2.internal', port: 3306 },
      { host: '10.0.0.3', port: 3307 },
      { host: '::1', port: 3308 },
    ])
    expect(set.require).to.deep.equal(['replica_lag_ms', 'read_only'])
  })

  for (const [key, value, said] of [
    ['WORKING_HOURS', 'mon-fri 8-20', /pace\.working_hours: expected days and hours/],
    ['REQUIRE', 'replica_lag', /pace\.require: expected names among replica_lag_ms/],
    ['WRITERS', '5', /pace\.writers: expected a whole number from 1 to 4/],
    [
      'THRESHOLDS_COMMIT_MS_SOFT',
      '501',
      /pace\.thresholds\.commit_ms\.soft: expected no more than hard \(500\)/,
    ],
  ] as const)
    it(`says what is wrong with ${key}`, async () => {
      const refused = await settings({ [`OUBLI_PACE_${key}`]: value }).catch((error: unknown) =>
        String(error),
      )
      expect(refused).to.match(said)
    })
})
