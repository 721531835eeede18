/**
 * Ten thousand stories of a site, its people and our processes, each decided by its seed; every invariant of
 * the design is looked at after every commit, mail and report. `OUBLI_SEED=n` plays one story and tells it.
 */
import { expect } from 'chai'
import { points } from '../../base/point.ts'
import { catchDefect, tableOf } from './caught.ts'
import { askAll } from './crew.ts'
import { allDefects } from './defects.ts'
import { scriptOf } from './script.ts'
import { shortest, told } from './shortest.ts'
import { play } from './story.ts'
import type { Question } from './worker.ts'

const stories = Number(process.env['OUBLI_SEEDS'] ?? 10_000)
const wanted = process.env['OUBLI_SEED']
/** Every defect is caught well before; one that is not would take the suite minutes to miss. */
const mostSeeds = 10_000
/** Seeds of one question to a thread. */
const chunk = 250

describe('the simulator', () => {
  it('keeps every invariant in ten thousand stories', async function () {
    this.timeout(1_800_000)
    const [from, to] = wanted === undefined ? [0, stories] : [Number(wanted), Number(wanted) + 1]
    const questions: Question[] = []
    for (let seed = from; seed < to; seed += chunk)
      questions.push({ ask: 'sound', from: seed, to: Math.min(to, seed + chunk) })
    const wrong = (await askAll(questions)).find((answer) => answer.wrong !== null)?.wrong ?? null
    if (wrong === null) return
    const script = scriptOf(wrong)
    const violation = play(script, null)
    expect.fail(violation === null ? `seed ${wrong}` : told(shortest(script, null, violation)))
  })

  it('catches every defect that is switched on', async function () {
    if (wanted !== undefined) this.skip()
    this.timeout(1_800_000)
    const answers = await askAll(allDefects.map((defect) => ({ ask: 'defect', defect, most: mostSeeds })))
    const rows = answers.flatMap(({ caught }) => caught ?? [])
    process.stdout.write(`\n${tableOf(rows)}\n`)
    expect(rows.filter(({ seeds }) => seeds === null).map(({ defect }) => defect)).to.deep.equal([])
    expect(rows).to.have.length(allDefects.length)
  })

  it('tells one story for one seed', () => {
    for (const seed of [1, 2, 3]) {
      const [first, second] = [traceOf(seed), traceOf(seed)]
      expect(first).to.deep.equal(second)
      expect(first.length).to.be.greaterThan(100)
    }
  })

  it('visits every named place of the real write transaction', () => {
    const lines = Array.from({ length: 60 }, (_, seed) => traceOf(seed)).flat()
    const seen = (point: string): boolean => lines.some((line) => line.endsWith(` ${point}`))
    // Written in one step there: the model has no statements for the root.
    const stepless: readonly string[] = ['root written', 'before flat rows', 'flat rows committed']
    expect(points.write.filter((point) => !seen(point) && !stepless.includes(point))).to.deep.equal([])
  })

  it('tells the shortest story that goes wrong', () => {
    const { violation, seeds } = catchDefect('tombstone missing', 100)
    const script = scriptOf((seeds ?? 1) - 1)
    expect(violation).not.to.equal(null)
    if (violation === null) return
    const short = shortest(script, 'tombstone missing', violation)
    expect(short.violation.invariant).to.equal(violation.invariant)
    expect(short.script.happenings.length).to.be.lessThan(script.happenings.length / 2)
    expect(told(short)).to.include(`OUBLI_SEED=${script.seed}`)
  })
})

function traceOf(seed: number): readonly string[] {
  const lines: string[] = []
  play(scriptOf(seed), null, (line) => lines.push(line))
  return lines
}
