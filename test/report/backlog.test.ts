import { expect } from 'chai'
import { curveOf } from '../../report/backlog.ts'
import type { BacklogFacts } from '../../report/facts.ts'
import { mattersOf } from '../../report/verdict.ts'
import { reportView } from '../../report/view.ts'
import { day, facts, now, past, policy } from './sample.ts'

const paris = 'Europe/Paris'
const begun = Date.parse('2026-03-10T10:00:00Z')

const backlog: BacklogFacts = {
  size: 1000,
  frozenAt: begun,
  by: '2026-08-31',
  left: 480,
  pace: { perRun: 50, runEvery: day, noticeDays: 0 },
  points: [
    { at: begun + day, left: 1000 },
    { at: Date.parse('2026-04-01T02:00:00Z'), left: 900 },
    { at: Date.parse('2026-04-20T02:00:00Z'), left: 850 },
    { at: Date.parse('2026-06-01T02:00:00Z'), left: 500 },
  ],
}

describe('the curve of a backlog', () => {
  it('has its size, then what the first run of each month found, and the line to its day', () => {
    const { state, points } = curveOf(backlog, paris, now)
    expect(state).to.equal('on time')
    expect(points.map(({ left }) => left)).to.deep.equal([1000, 900, null, 500, null, null])
    expect(points.map(({ at }) => new Date(at).toISOString().slice(0, 10))).to.deep.equal([
      '2026-03-10',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2026-07-31',
    ])
    const lines = points.map(({ line }) => line)
    expect(lines[0]).to.equal(1000)
    expect([...lines].sort((a, b) => b - a)).to.deep.equal(lines)
    expect(lines.at(-1)).to.be.within(170, 180)
  })

  it('knows nothing of runs after the moment of the report, and goes on while it is late', () => {
    const early = curveOf(backlog, paris, Date.parse('2026-04-15T00:00:00Z'))
    expect(early.points.map(({ left }) => left)).to.deep.equal([1000, 900, null, null, null, null])
    const late = curveOf(backlog, paris, Date.parse('2026-10-15T00:00:00Z'))
    expect([late.state, late.points.length]).to.deep.equal(['late', 8])
  })

  it('is told as what is past the term, about, wherever a few more or less would be told', () => {
    const one = policy({ backlog: { ...backlog, left: 700 }, past: { due: past(703) } })
    const ended = (asOf: number, left: string, rows: readonly number[]) => ({
      ...{ id: 'r', asOf, job: 'run', state: 'done' as const, rows, mails: [] },
      whyStopped: `the slice is done, ${left} left, done about 2026-08-31`,
    })
    const runs = [ended(now, '700', [50]), ended(now - day, '750', [50]), ended(now - 2 * day, '752', [50])]
    const page = (masks: boolean) => {
      const view = reportView(facts([one], { runs }), { lang: 'en', masks })
      const matter = view.matters.find(({ text }) => text.includes('of a backlog'))
      return [matter?.text ?? '', ...view.runs.rows.map(({ why }) => why)].map(
        (text) => /[≈≥]?\u00a0?\d[\d,]*/.exec(text)?.[0],
      )
    }
    expect(page(true)).to.deep.equal(['≈\u00a0703', '≈\u00a0703', '750', '≈\u00a0750'])
    expect(page(false)).to.deep.equal(['700', '700', '750', '752'])
  })

  it('is beside the sums over several policies as well', () => {
    const parts = [past(300), past(200), past(3)].map((due, i) => policy({ past: { due } }, `p${i}`))
    const run = { id: 'r', asOf: now, job: 'run', state: 'done' as const, rows: [50], mails: [] }
    const why = (left: number) =>
      reportView(
        facts(parts, { runs: [{ ...run, whyStopped: `the time of this run is used up, ${left} left` }] }),
        { lang: 'en', masks: true },
      ).runs.rows[0]?.why
    expect([why(503), why(300), why(400)].map((text) => text?.match(/[≈≥]?\u00a0?\d+/)?.[0])).to.deep.equal([
      '≈\u00a0500',
      '300',
      '400',
    ])
  })

  it('is a matter for a person only when it is late', () => {
    const codes = (left: number, asOf = now) =>
      mattersOf(facts([policy({ backlog: { ...backlog, left }, past: { due: past(left) } })], { asOf })).map(
        ({ code }) => code,
      )
    expect(codes(480)).not.to.include.members(['late']).and.not.include('backlog')
    expect(codes(700)).to.include('late')
    expect(codes(1, Date.parse('2026-09-01T00:00:00Z'))).to.include('late')
  })

  it('gives nothing away on the page by differences of a few', () => {
    const page = (few: number) => {
      const one = policy({
        past: { due: past(480) },
        backlog: {
          ...backlog,
          left: 480 - few,
          size: 1000 + few,
          points: backlog.points.map((point) => ({ ...point, left: 990 - few })),
        },
      })
      return reportView(facts([one]), { lang: 'en', masks: true }).backlogs
    }
    const rows = page(1)[0]?.rows.map(({ left }) => left) ?? []
    expect(rows[0]).to.match(/^1,00[12]$/)
    expect(page(1)[0]?.text).to.include('≈\u00a0480')
    for (const few of [2, 3, 4])
      expect(page(few)[0]?.text.replace(/1,00\d/, '')).to.equal(page(1)[0]?.text.replace(/1,00\d/, ''))
    const small = policy({ backlog: { ...backlog, left: 3 } })
    expect(reportView(facts([small]), { lang: 'fr', masks: true }).backlogs[0]?.text).to.include('<5')
    expect(reportView(facts([small]), { lang: 'fr', masks: false }).backlogs[0]?.text).not.to.include('<5')
  })
})
