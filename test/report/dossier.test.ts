/** Parts of the file on a policy, without a database. */
import { expect } from 'chai'
import { pilotFault, type PastPilot } from '../../plan/pilot.ts'
import { dossierView } from '../../report/dossier.ts'
import { clockView, type ClockFacts, type SignFacts } from '../../report/view-clock.ts'
import { firstView, pilotView, type FirstFacts } from '../../report/view-first.ts'
import { steady } from '../../report/view-backlog.ts'
import { emptyDone, mostRuns, toldApart } from '../../report/done.ts'
import { voiceOf } from '../../report/voice.ts'
import { day, facts, now, past, policy } from './sample.ts'

const voices = (['en', 'fr'] as const).map((lang) => voiceOf(lang, 'Europe/Paris', true))
const voice = voiceOf('en', 'Europe/Paris', true)

const sign: SignFacts = {
  table: 'orders',
  column: 'placed_at',
  basis: 'all',
  years: { '2025': 12 },
  waived: null,
}
const clock: ClockFacts = {
  event: 'seen',
  silent: 100,
  people: 0,
  signs: [],
  keptTooShort: [],
}
const seen = (more: Partial<ClockFacts>, rows = [past(100)]) =>
  clockView(
    facts([policy({ past: { due: rows[0] ?? past(0), held: rows[1] ?? past(0) } })]),
    { ...clock, ...more },
    voice,
  )

describe('what the file on a policy says of its clock', () => {
  it('is that nobody left a sign of life, or what could not be read', () => {
    expect(seen({}).text).to.match(/calls 100 people silent\. None of them did anything later/)
    const unread = seen({ signs: [{ ...sign, basis: 'no right', years: {} }] })
    expect(unread.signs[0]).to.include({
      people: 'unknown',
      verdict: 'not read: the account has no right to it',
    })
    expect(unread.text).to.match(/in what could be read\.$/)
    const newest = seen({ people: 12, signs: [{ ...sign, basis: 'newest rows' }] })
    expect(newest.signs[0]?.verdict).to.match(/^contradicts the clock \(only the newest 10,000 rows/)
    expect(newest.text).to.match(/ 12 of them/)
  })

  it('gives no hidden part away: not beside the columns, not beside what is past its term', () => {
    const two = { ...sign, table: 'votes', years: { '2024': 30, '2025': 2 } }
    expect(seen({ people: 32, signs: [two] }).text).to.match(/ ≥\u00a030 of them/)
    expect(seen({ people: 32, signs: [sign, two] }).text).to.match(/ ≥\u00a030 of them/)
    const few = { ...two, years: { '2024': 3, '2025': 2 } }
    expect(seen({ people: 5, signs: [few] }).text).to.match(/ <9 of them/)
    const nearly = { ...sign, years: { '2024': 60, '2025': 38 } }
    const near = seen({ people: 98, signs: [nearly] })
    expect(near.text).to.match(/ ≈\u00a0100 of them/)
    expect(near.signs[0]).to.include({ people: '≈\u00a0100', years: '2024, 2025' })
    expect(seen({ people: 60, signs: [{ ...sign, years: { '2024': 60 } }] }).signs[0]).to.include({
      people: '60',
      years: '2024: 60',
    })
    expect(seen({ silent: 103 }, [past(100), past(3)]).text).to.match(/calls ≈\u00a0100 people/)
  })

  it('tells the people of a column and those of all columns as one number, where a part is hidden', () => {
    const few = { ...sign, table: 'posts', years: { '2025': 2 } }
    const page = (orders: number) =>
      seen({ people: orders + 2, signs: [{ ...sign, years: { '2025': orders } }, few] })
    expect(page(97)).to.deep.equal(page(98))
    expect(page(97).text).to.match(/ ≈\u00a0100 of them/)
    expect(page(60).text, 'far from what is told already').to.match(/ ≥\u00a060 of them/)
    expect(page(60).signs[0]?.people).to.equal('60')
  })

  it('is that it was not kept for a whole term, and whether that was accepted', () => {
    const short = { table: 'users', column: 'seen_at', first: '2025-02', without: 40, waived: null }
    expect(seen({ keptTooShort: [short] }).tooShort).to.equal(
      'users.seen_at has no value before 2025-02, which is less than the term ago; 40 people without a value there are called silent.',
    )
    const none = { ...short, first: null, waived: 'New column.' }
    expect(seen({ keptTooShort: [none] }).tooShort).to.match(
      /^users\.seen_at has no value; .* Accepted, with the reason: New column\.$/,
    )
  })

  it('is why nobody looked', () => {
    const why = (['no people', 'no silence', 'left out'] as const).map(
      (one) => clockView(facts([policy()]), one, voice).text,
    )
    for (const text of why) expect(text).to.match(/^Not looked for: /)
    expect(new Set(why).size).to.equal(3)
  })
})

describe('the file on a policy that did little in one run', () => {
  const did = (rows: number) => ({ ...emptyDone, rows, acts: { users: { erased: rows } } })
  /** The newest runs did nothing by this policy; its own are before all that a report tells apart. */
  const page = (few: number, lang: 'en' | 'fr' = 'en') => {
    const all = [100, few, 50].map((rows, i) => ({ id: `r${i}`, at: now - (100 + i) * day, rows }))
    const empty = Array.from({ length: mostRuns }, (_, i) => ({ run: `n${i}`, done: null }))
    const runs = all.map(({ id, rows }) => ({ run: id, done: did(rows) }))
    const named = new Set(all.map(({ id }) => id))
    const one = policy({
      policy: { ...policy().policy, data: 'k' },
      done: toldApart([...empty, ...runs], named),
    })
    const backup = { taken: '2026-01-01', keptUntil: '2030-01-01' }
    const first = { at: now - 200 * day, backup, binlogDays: 3 }
    return dossierView(
      {
        ...{ report: facts([one]), termsHash: 'f'.repeat(64), observedAt: null, inForceSince: null },
        ...{ approvals: [], clock: 'left out', mail: null },
        firsts: [
          { ...first, comesBack: { then: 0, now: 150 + few } },
          { ...first, at: now - 101 * day, comesBack: { then: 50, now: 150 + few } },
          { ...first, at: now - 99 * day, comesBack: { then: 100, now: 100 + few } },
        ],
        pilots: [
          { id: 'r1', at: now - 101 * day, size: 10, done: few, fault: null, theseTerms: true },
          { id: 'p', at: now - 90 * day, size: 10, done: few, fault: null, theseTerms: true },
        ],
        runs: all.map((run) => ({ ...run, mails: 0, basis: 'exact' as const })),
      },
      { lang, masks: true },
    )
  }

  it('is the same whether it were three or four', () => {
    for (const lang of ['en', 'fr'] as const) expect(page(3, lang)).to.deep.equal(page(4, lang))
    expect(page(3).runs.map(({ rows }) => rows)).to.deep.equal(['100', '<5', '50'])
    expect(page(3).policy.acts.map(({ rows }) => rows)).to.deep.equal(['≥\u00a0150'])
    expect(page(3).firsts.map(({ lines }) => lines.at(-1) ?? '')).to.satisfy((lines: string[]) =>
      [150, 150, 100].every((about, i) => lines[i]?.includes(`≈\u00a0${about} `)),
    )
  })
})

describe('the file on a policy that acts every night', () => {
  const page = (few: number) => {
    const nights = Array.from({ length: 26 }, (_, i) => (i === 20 ? few : 20))
    const runs = nights.map((rows, i) => ({ id: `n${i}`, at: now - (i + 1) * day, rows }))
    const done = toldApart(
      runs.map(({ id, rows }) => ({
        run: id,
        done: { ...emptyDone, rows, acts: { users: { erased: rows } } },
      })),
      new Set(runs.slice(0, 12).map(({ id }) => id)),
    )
    const backup = { taken: '2026-01-01', keptUntil: '2030-01-01' }
    return dossierView(
      {
        report: facts([policy({ policy: { ...policy().policy, data: 'k' }, done })]),
        ...{ termsHash: 'f'.repeat(64), observedAt: null, inForceSince: null, approvals: [] },
        ...{ clock: 'left out', mail: null, pilots: [] },
        firsts: [{ at: now - 40 * day, backup, binlogDays: 3, comesBack: { then: 0, now: 500 + few } }],
        runs: runs.slice(0, 12).map((run) => ({ ...run, mails: 0, basis: 'exact' as const })),
      },
      { lang: 'en', masks: true },
    )
  }

  it('is the same whether it were three or four in a night that it does not list', () => {
    expect(page(3)).to.deep.equal(page(4))
    expect(page(3).firsts[0]?.lines.at(-1)).to.include('≈\u00a0500 ')
  })
})

describe('a count beside what is past its term', () => {
  it('is not told exactly when a hidden part is the difference', () => {
    const text = (left: number, parts: readonly number[]) => {
      const [due = 0, held = 0, active = 0] = parts
      return voice.text(
        steady(policy({ past: { due: past(due), held: past(held), active: past(active) } }), voice)(left),
      )
    }
    expect(text(103, [100, 3])).to.equal('≈\u00a0100')
    expect(text(106, [100, 3, 3]), 'two of them').to.equal('≈\u00a0100')
    expect(text(110, [100, 10])).to.equal('110')
    expect(text(100, [100, 3])).to.equal('100')
  })
})

describe('what the file on a policy says of its approvals', () => {
  it('gives no count away that is hidden beside what is past its term', () => {
    const report = facts([policy({ past: { due: past(103) } })])
    const approved = [3, 105].map((most) => ({ at: now, until: now + day, by: 'DPO', plan: 'f', most }))
    const most = (masks: boolean) =>
      dossierView(
        {
          report,
          termsHash: 'a'.repeat(64),
          observedAt: now - 2 * day,
          inForceSince: now - day,
          approvals: approved,
          ...{ firsts: [], pilots: [], runs: [], clock: 'no people', mail: null },
        },
        { lang: 'en', masks },
      ).approvals.map((one) => one.most)
    expect(most(true)).to.deep.equal(['<5', '≈\u00a0103'])
    expect(most(false)).to.deep.equal(['3', '105'])
  })
})

describe('what the file on a policy says of its beginning', () => {
  it('is each end of a pilot, in words of both languages', () => {
    const clean: PastPilot = { size: 10, ended: true, done: 10, rest: 0, asked: 10, left: 0 }
    const pilots = [
      clean,
      { ...clean, left: 1 },
      { ...clean, ended: false },
      { ...clean, done: 0 },
      { ...clean, done: 3, rest: 7 },
      { ...clean, asked: null, left: null },
    ]
    for (const one of voices) {
      const found = pilots.map((pilot) => {
        const fault = pilotFault(pilot)
        const view = pilotView({ id: 'r', at: now, size: 10, done: 10, fault, theseTerms: true }, one)
        expect(view.found, 'more than the bare name').not.to.equal(fault)
        return view.found
      })
      expect(new Set(found).size).to.equal(pilots.length)
    }
  })

  it('is the backup, for as long as it is kept, and the binary log', () => {
    const backup = { taken: '2026-05-20', keptUntil: '2026-06-01' }
    const first: FirstFacts = { at: now - day, backup, binlogDays: 3, comesBack: { then: 0, now: 7 } }
    const lines = (more: Partial<FirstFacts>, at = now) =>
      firstView({ ...first, ...more }, at, voice).lines.join(' ')
    expect(lines({})).to.match(/kept until 1 June 2026\. The .* for 3 days\. .* bring back 7 erased people/)
    expect(lines({}, now + day))
      .to.match(/That day has passed/)
      .and.not.match(/bring back 7/)
    expect(lines({ binlogDays: 0 })).to.include('for ever')
    expect(lines({ binlogDays: null })).to.include('no binary log')
    expect(lines({ comesBack: { then: 2, now: 3 } })).to.match(/<5 .*<5 /)
    expect(lines({ backup: { none: 'A copy.' } })).to.match(/^There was no backup\. Reason given: A copy\./)
  })
})
