/** Which of the rows that are done are kept to be asked after. */
import { expect } from 'chai'
import { keyText } from '../../base/subject-ref.ts'
import { familiesOf, keepSome, mostFamilies, newSample, type Family } from '../../engine/sample.ts'
import type { Collected } from '../../engine/collect.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'

const family = (n: number): Family => ({ key: [String(n)], identity: [], parents: new Map() })
const numbers = (families: readonly Family[]) => families.map(({ key }) => Number(key[0]))
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => family(from + i))

/** A random source that gives this share of what it could, each in its turn. */
function shares(...list: readonly number[]): (bytes: number) => Uint8Array {
  let at = 0
  return (bytes) => {
    expect(bytes).to.equal(4)
    // In the middle of a larger store, as the pool of Node gives it.
    const store = new DataView(new ArrayBuffer(12))
    store.setUint32(4, Math.floor((list[at % list.length] ?? 0) * 2 ** 32))
    at += 1
    return new Uint8Array(store.buffer, 4, 4)
  }
}

describe('the sample of who is done', () => {
  it('is all of them while they fit, and asks no chance', () => {
    const sample = newSample()
    const never = () => {
      throw new Error('no chance')
    }
    keepSome(sample, many(0, 300), never)
    keepSome(sample, many(300, mostFamilies), never)
    expect(sample.seen).to.equal(mostFamilies)
    expect(numbers(sample.families)).to.deep.equal(numbers(many(0, mostFamilies)))
  })

  it('gives each later one the place that chance says, or none', () => {
    const sample = newSample()
    keepSome(sample, many(0, mostFamilies), shares(0))
    // Of 901 places the first, the last of the sample, the one behind it; of 904 the middle.
    keepSome(
      sample,
      many(mostFamilies, mostFamilies + 4),
      shares(0, (mostFamilies - 0.5) / (mostFamilies + 2), (mostFamilies + 0.5) / (mostFamilies + 3), 0.5),
    )
    const kept = numbers(sample.families)
    expect(sample.seen).to.equal(mostFamilies + 4)
    expect(kept).to.have.length(mostFamilies)
    const changed = kept.flatMap((n, place) => (n === place ? [] : [[place, n - mostFamilies]]))
    expect(changed).to.deep.equal([
      [0, 0],
      [(mostFamilies + 4) / 2, 3],
      [mostFamilies - 1, 1],
    ])
  })

  it('keeps of each the rows that others link to, a hundred at most', () => {
    const policy = {
      steps: [
        { name: 'lines', from: 'orders' },
        { name: 'orders', from: null },
      ],
    } as unknown as CompiledPolicy
    const root = (n: number) => keyText([String(n)])
    const row = (n: number, of: number) => ({ key: [String(n)], root: root(of), columns: {} })
    const leaving = new Map([
      ['', [row(1, 1), row(2, 2), row(3, 3)]],
      ['orders', [...Array.from({ length: 120 }, (_, i) => row(i, 1)), row(500, 2)]],
      ['lines', [row(900, 1)]],
    ]) as unknown as Collected
    const done = [1, 2].map((n) => ({ key: [String(n)], identity: [`i${n}`] }))
    const families = familiesOf(policy, leaving, done)
    expect(families.map(({ key, identity }) => [key, identity])).to.deep.equal([
      [['1'], ['i1']],
      [['2'], ['i2']],
    ])
    const kept = families.map(({ parents }) =>
      [...parents].map(([name, rows]) => [name, rows.map(({ key }) => key[0])]),
    )
    expect(kept).to.deep.equal([
      [
        ['', ['1']],
        ['orders', Array.from({ length: 100 }, (_, i) => String(i))],
      ],
      [
        ['', ['2']],
        ['orders', ['500']],
      ],
    ])
    // Nothing of a step leaves: no name for it.
    expect([...(familiesOf(policy, new Map(), done)[0]?.parents ?? [])]).to.deep.equal([])
  })
})
