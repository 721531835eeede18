import { expect } from 'chai'
import { reportJson } from '../../report/json.ts'
import { reportView } from '../../report/view.ts'
import { facts, now, past, policy } from './sample.ts'

const figure = { rows: 9, basis: 'estimate' } as const
const cut = {
  ...{ rows: 20, warned: 30, returned: 0, acts: { users: { erased: 20 } }, again: { asked: 20, left: 0 } },
  basis: 'at least' as const,
}
const backlog = {
  ...{ size: 9, frozenAt: now - 86_400_000, by: '2026-07-01', left: 8, points: [] },
  pace: { perRun: 1, runEvery: 86_400_000, noticeDays: 0 },
}

function sample(done: readonly (typeof cut)[]) {
  const one = policy({
    ...{
      done,
      past: { due: past(20), held: past(7) },
      doubtful: { rows: 6, basis: 'exact' as const },
      setAside: { rows: 8, since: now },
    },
    ...{ scope: figure, forecast: [figure], next: { at: now + 1000, basis: 'estimate' as const } },
    ...{ oldest: { began: now - 2000, basis: 'exact' as const }, backlog },
  })
  const run = { id: 'r', asOf: now, job: 'run', state: 'interrupted' as const, whyStopped: null }
  return facts([one], { months: [now], runs: [{ ...run, rows: [20], mails: [30], basis: 'at least' }] })
}

/** Names of figures whose own braces, and those around them, say nothing of how they came about. */
function unlabelled(value: unknown, path = '', labelled = false): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => unlabelled(each, path, labelled))
  if (typeof value === 'number') return labelled ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  const own = labelled || 'basis' in value
  return Object.entries(value).flatMap(([key, part]) => unlabelled(part, `${path}.${key}`, own))
}

describe('the report for scripts', () => {
  it('says of each figure how it came about', () => {
    // What is set, not counted: the limit of hiding, alarms that stand in the plan, and what the server says of itself.
    const settings = ['.mask_below', '.promises.policies.alarms', '.residual']
    const bare = unlabelled(reportJson(sample([cut])))
    expect(bare.filter((path) => !settings.some((one) => path.startsWith(one)))).to.deep.equal([])
  })

  it('calls what a run did that was cut off a lower bound, and so does the page', () => {
    const whole = { ...cut, basis: 'exact' as never }
    const text = (done: readonly (typeof cut)[]) => JSON.stringify(reportJson(sample(done)))
    const did =
      '"done":{"rows":20,"basis":"exact","acts":{"users":{"erased":20}},"again":{"asked":20,"left":0},'
    expect(text([cut])).to.contain(`${did}"mails":{"warned":30,"returned":0,"basis":"at least"}}`)
    expect(text([whole])).to.contain(`${did}"mails":{"warned":30,"returned":0,"basis":"exact"}}`)
    expect(text([cut])).to.contain('"rows":20,"basis":"exact","mails":{"queued":30,"basis":"at least"}')
    const { sections, runs, cards } = reportView(sample([cut]), { lang: 'en', masks: true })
    const [first] = sections[0]?.policies ?? []
    expect([first?.warned, first?.returned]).to.deep.equal(['≥\u00a030', 'unknown'])
    // Each transaction has left its entry.
    expect(first?.acts.map(({ rows }) => rows)).to.deep.equal(['20'])
    expect(runs.rows.map(({ rows, mails }) => [rows, mails])).to.deep.equal([['20', '≥\u00a030']])
    expect(cards[3]?.notes).to.deep.equal(['warned ≥\u00a030, came back unknown'])
    expect(cards[3]?.value).to.equal('20')
    const few = { ...cut, rows: 0, acts: { users: { erased: 0 } } }
    expect(reportView(sample([few]), { lang: 'en', masks: true }).cards[3]?.value).to.equal('0')
  })
})
