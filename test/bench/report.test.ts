import { expect } from 'chai'
import { judge } from '../../bench/judge.ts'
import { judgementLines, tooLongLines } from '../../bench/report.ts'
import { targets, workloads } from '../../bench/targets.ts'

describe('the targets of the benchmark', () => {
  it('are named once, belong to a workload, and every workload has one', () => {
    const names = targets.map((target) => target.figure)
    expect(new Set(names).size).to.equal(names.length)
    for (const { figure, workload } of targets)
      expect(figure.startsWith(`${workload}.`), figure).to.equal(true)
    expect([...new Set(targets.map((target) => target.workload))]).to.have.members([...workloads])
  })

  it('have a goal that is harder than the floor', () => {
    for (const { figure, at, floor, goal } of targets)
      if (goal !== null) expect(at === 'least' ? goal > floor : goal < floor, figure).to.equal(true)
  })
})

describe('the judgement of a workload', () => {
  const seven = (value: number) => Array.from({ length: 7 }, (_, i) => value + (i - 3) / 100)

  it('holds floor and goal against the interval, and says what was not measured', () => {
    const found = judge('purge', {
      'purge.best': seven(1.2),
      'purge.whole': seven(1.2),
      'purge.procedure': seven(0.92),
      'purge.usual': { missing: 'pt-archiver is not installed' },
      'purge.sustained': [],
    })
    expect(found.map(({ floor, goal, missing }) => [floor, goal, missing])).to.deep.equal([
      ['met', 'missed', null],
      ['met', 'missed', null],
      ['undecided', 'missed', null],
      [null, null, 'pt-archiver is not installed'],
      [null, null, 'no round was complete'],
    ])
  })

  it('decides nothing by fewer than six rounds, but for what the server counts the same each time', () => {
    const word = (workload: 'mail' | 'plan', figure: string, values: readonly number[]) =>
      judge(workload, { [figure]: values }).find((one) => one.target.figure === figure)?.floor
    expect(word('mail', 'mail.limit', [0.4])).to.equal('undecided')
    expect(word('mail', 'mail.limit', [3, 3, 3, 3, 3])).to.equal('undecided')
    expect(word('mail', 'mail.limit', [3, 3, 3, 3, 3, 3])).to.equal('missed')
    expect(word('plan', 'plan.scans', [0])).to.equal('met')
    expect(word('plan', 'plan.scans', [1])).to.equal('missed')
  })

  it('takes a figure that a workload forgot for one that is missing', () => {
    expect(judge('partition', {})[0]?.missing).to.equal('the workload gave no figure')
  })

  it('is printed with median, interval, how sure it is, and the verdict', () => {
    const lines = judgementLines(
      judge('purge', {
        'purge.best': seven(1.2),
        'purge.procedure': seven(0.99),
        'purge.usual': { missing: 'pt-archiver is not installed' },
        'purge.sustained': [1.2, 1.2, 1.3],
        'purge.whole': seven(1),
      }),
    )
    expect(lines[1]).to.match(
      /pt-archiver at its best +1\.20 x +1\.17 x to 1\.23 x +98 %, 7 +≥ 1\.15 → 1\.25 x +met, goal missed$/,
    )
    expect(lines[2]).to.match(/start, planning and end included +1\.00 x .* missed, goal missed$/)
    expect(lines[3]).to.match(/stored procedure .* met, goal undecided$/)
    expect(lines[4]).to.match(/row by row +- +- +- +≥ 10 x +not measured$/)
    expect(lines[5]).to.match(/1\.20 x +1\.20 x to 1\.30 x +75 %, 3 +≥ 1\.1 x +undecided$/)
    expect(lines.at(-1)).to.equal('not measured: pt-archiver is not installed')
  })
})

describe('a short form', () => {
  const took = (seconds: number) =>
    ({
      workload: 'purge',
      seconds,
      outcome: { tables: [], figures: {}, notes: [], rounds: [] },
      judgements: [],
    }) as const

  it('that took more than two minutes is told', () => {
    expect(tooLongLines([took(119.9), took(120)])).to.deep.equal([])
    expect(tooLongLines([took(90), took(120.2)])).to.deep.equal([
      'purge took 121 s: with --quick it has to end within 120',
    ])
  })
})
