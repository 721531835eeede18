import { expect } from 'chai'
import type { HeldUp } from '../../plan/held-up.ts'
import type { PolicyFacts } from '../../report/facts.ts'
import { emptyDone } from '../../report/done.ts'
import { mattersOf, promisesOf, stateOf } from '../../report/verdict.ts'
import { reportView } from '../../report/view.ts'
import { mapOf, policy as aPolicy } from '../plan/site-builder.ts'
import { day, facts, now, past, policy } from './sample.ts'

describe('a promise', () => {
  it('stands when nobody is past the term, or only for a reason that is given', () => {
    expect(stateOf(policy())).to.equal('kept')
    expect(stateOf(policy({ past: { held: past(3), 'not while': past(1), exception: past(1) } }))).to.equal(
      'kept',
    )
  })

  it('is in work while the next run or a notice will end it', () => {
    for (const reason of ['due', 'to warn', 'warned, not yet due', 'warning on its way'] as const)
      expect(stateOf(policy({ past: { [reason]: past(1) } })), reason).to.equal('working')
  })

  it('does not act while it only counts', () => {
    expect(stateOf(policy({ standing: { mode: 'observed', why: 'status' } }))).to.equal('idle')
  })

  it('needs a person where no run ever helps', () => {
    const alarm = { alarm: 'canary', found: 1, limit: 0 } as unknown as PolicyFacts['alarms'][number]
    const cases: readonly Partial<PolicyFacts>[] = [
      { alarms: [alarm] },
      { doubtful: { rows: 1, basis: 'exact' } },
      { setAside: { rows: 1, since: now } },
      { past: { 'no address': past(1) } },
      { past: { unreachable: past(1) } },
      { past: { 'given up by other servers': past(1) } },
      { standing: { mode: 'refused', why: 'more than approved', found: 2, limit: 1 } },
      { done: [{ ...emptyDone, again: { asked: 5, left: 1 } }] },
      { doubtful: { rows: 1, basis: 'exact' }, standing: { mode: 'observed', why: 'status' } },
    ]
    for (const each of cases) expect(stateOf(policy(each)), JSON.stringify(each)).to.equal('attention')
  })

  it('is as well kept as the least of its policies', () => {
    const [promise] = promisesOf([policy(), policy({ past: { due: past(1) } }, 'q')])
    expect([promise?.id, promise?.state, promise?.policies.length]).to.deep.equal([
      'inactivity',
      'working',
      2,
    ])
  })
})

describe('what needs a person', () => {
  const codes = (...args: Parameters<typeof facts>) => mattersOf(facts(...args)).map(({ code }) => code)

  it('is nothing where all is well', () => {
    expect(codes([policy({ past: { due: past(3, now - day / 2) } })])).to.deep.equal([])
  })

  it('is a backlog that was due before the last run, with its rows', () => {
    expect(mattersOf(facts([policy({ past: { due: past(7) } })]))).to.deep.equal([
      { code: 'backlog', policies: ['p'], parts: [7] },
    ])
  })

  it('is what held the last run up, and then no slice is called too small', () => {
    const held = (heldUp: HeldUp, more: Partial<PolicyFacts> = {}) =>
      codes([policy({ past: { due: past(7) }, lastTry: { at: now - day, heldUp }, ...more })])
    expect(held('paused')).to.deep.equal(['paused'])
    expect(held('throttled')).to.deep.equal(['throttled'])
    expect(held('no turn')).to.deep.equal(['noTurn'])
    expect(held('paused', { lastSuccess: now - 2 * day })).to.deep.equal(['paused'])
    // A frozen backlog has its own day; a pause has none.
    const frozen = { size: 9, frozenAt: now - day, by: '2027-01-01', left: 7 } as const
    const backlog = { ...frozen, points: [], pace: { perRun: 1, runEvery: day, noticeDays: 0 } }
    expect(held('paused', { backlog: backlog as unknown as PolicyFacts['backlog'] & object })).to.include(
      'paused',
    )
    for (const heldUp of ['nothing', 'time', 'stopped'] as const)
      expect(held(heldUp), heldUp).to.deep.equal(['backlog'])
    expect(held('paused', { past: { due: past(7, now - day / 2) } })).to.deep.equal([])
    expect(held('paused', { standing: { mode: 'observed', why: 'status' } })).to.deep.equal(['observes'])
  })

  it('is a policy that had no success for more than a week, or never', () => {
    expect(codes([policy({ lastSuccess: now - 9 * day })])).to.deep.equal(['noRun'])
    expect(codes([policy({ lastSuccess: null })])).to.deep.equal(['noRun'])
    expect(codes([policy({ lastSuccess: null, actsSince: now - 7 * day })])).to.deep.equal([])
    expect(
      codes([policy({ lastSuccess: null, standing: { mode: 'observed', why: 'status' } })]),
    ).to.deep.equal(['observes'])
  })

  it('is no policy that was approved and has not run yet', () => {
    const standing = { mode: 'enforced', approved: 5, newInForce: true } as const
    expect(codes([policy({ standing, lastSuccess: null, actsSince: null })])).to.deep.equal([])
    expect(codes([policy({ standing, lastSuccess: now - 30 * day })])).to.deep.equal([])
    const gentler = { ...standing, approved: null }
    expect(codes([policy({ standing: gentler, lastSuccess: now - 30 * day })])).to.deep.equal(['noRun'])
  })

  it('is no silence of days that are yet to come', () => {
    const ahead = { asOf: now + 20 * day }
    expect(codes([policy()], ahead)).to.deep.equal([])
    expect(codes([policy({ lastSuccess: now - 9 * day })], ahead)).to.deep.equal(['noRun'])
  })

  it('is a day of review that has passed where the site is', () => {
    const late = policy({ policy: aPolicy('account', { reviewBy: '2026-05-31' }) })
    const passed = (asOf: string, zone: string) => {
      const found = facts([late], {
        asOf: Date.parse(asOf),
        now: Date.parse(asOf),
        dataMap: mapOf([], { zone }),
      })
      const told = reportView(found, { lang: 'en', masks: true }).sections[0]?.policies[0]?.reviewPassed
      expect(told, zone).to.equal(mattersOf(found).some(({ code }) => code === 'review'))
      return told
    }
    expect(passed('2026-05-31T21:59:00Z', 'Europe/Paris')).to.equal(false)
    expect(passed('2026-05-31T23:00:00Z', 'Europe/Paris')).to.equal(true)
    expect(passed('2026-06-01T03:59:00Z', 'America/New_York')).to.equal(false)
    expect(passed('2026-06-01T04:00:00Z', 'America/New_York')).to.equal(true)
  })

  it('is first that the database is not as new as its log', () => {
    const gaps = [{ kind: 'column', table: 't', column: 'c', data: null }] as never
    const counts = { here: 3, outside: 9 }
    expect(codes([], { gaps, older: null })).to.deep.equal(['gaps'])
    expect(codes([], { gaps, older: { why: 'fewer', ...counts } })).to.deep.equal(['older', 'gaps'])
    expect(codes([], { gaps, older: { why: 'another', ...counts } })).to.deep.equal(['anotherPast', 'gaps'])
    expect(codes([], { gaps, older: { why: 'unsigned' } })).to.deep.equal(['unsignedLog', 'gaps'])
  })

  it('is what the server, the evidence and the calendar say', () => {
    const late = { ...policy(), policy: aPolicy('account', { reviewBy: '2026-05-31' }) }
    const found = codes([late], {
      holds: { active: 2, reviewPassed: 1 },
      residual: { binlogDays: 0, binlogImage: null, history: null, wipes: null, replicas: 0, server: 's' },
      evidence: {
        origin: 'o',
        checkpoint: null,
        size: null,
        sealed: 0,
        unsealed: 2,
        untold: 3,
        verifierKey: null,
        sinks: { set: 0, behind: 0 },
      },
      runs: [{ id: 'r', asOf: now, job: 'run', state: 'failed', whyStopped: null, rows: [], mails: [] }],
    })
    expect(found).to.deep.equal([
      'review',
      'holds',
      'runFailed',
      'binlog',
      'noCheckpoint',
      'noSink',
      'unsealed',
      'untold',
    ])
  })

  it('is a place off the host that lacks the newest checkpoint', () => {
    const evidence = {
      ...{ origin: 'o', checkpoint: 'c', size: 9, sealed: 9, unsealed: 0, untold: 0, verifierKey: null },
      sinks: { set: 2, behind: 1 },
    }
    expect(codes([policy()], { evidence })).to.deep.equal(['sinkBehind'])
  })
})
