import { expect } from 'chai'
import fc from 'fast-check'
import { entryText } from '../../audit/entry-text.ts'
import type { Finding } from '../../audit/finding.ts'
import { idSet } from '../../audit/id-set.ts'
import { repeatedIds, type PlacedText } from '../../audit/repeated-ids.ts'
import { personEntry } from './sample-log.ts'

const heads = ['0'.repeat(13), 'f'.repeat(13), `${'0'.repeat(12)}1`, '9'.repeat(13)]

/** Many that begin alike, and some that stand twice. */
const id = fc
  .tuple(fc.constantFrom(...heads), fc.nat(300), fc.boolean())
  .map(([head, tail, within]) => (within ? head + hex(tail, 19) : `${hex(tail, 5)}${head}`.padEnd(32, '0')))

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

async function* texts(ids: readonly string[]): AsyncGenerator<PlacedText> {
  await Promise.resolve()
  for (const [index, each] of ids.entries()) {
    yield { index: 2 * index, text: entryText({ ...personEntry(1), id: each }) }
    yield { index: 2 * index + 1, text: index % 2 === 0 ? null : 'not an entry' }
  }
}

describe('ids that stand twice', () => {
  it('are found like by a set of strings, whatever they begin with and however many were expected', async () => {
    const many = fc.array(id, { maxLength: 1500, size: 'max' })
    await fc.assert(
      fc.asyncProperty(many, fc.constantFrom(0, 100, 10_000), async (ids, expected) => {
        const found: Finding[] = []
        const ours = repeatedIds(expected)
        for (const each of ids) ours.see(each)
        await ours.find(
          () => texts(ids),
          (finding) => void found.push(finding),
        )
        const repeated = ids.flatMap((each, at) => (ids.indexOf(each) < at ? [2 * at] : []))
        expect(found).to.deep.equal(repeated.map((index) => ({ code: 'id repeated', index })))
      }),
      { numRuns: 20 },
    )
  })

  it('are looked for once more only where two begin alike', async () => {
    let read = 0
    const ours = repeatedIds(0)
    for (let nr = 0; nr < 20_000; nr += 1) ours.see(hex(nr * 7919, 13).padEnd(32, '0'))
    const again = (): AsyncIterable<PlacedText> => {
      read += 1
      return texts([])
    }
    await ours.find(again, () => expect.fail())
    expect(read).to.equal(0)
    ours.see(hex(7919, 13).padEnd(32, '1'))
    await ours.find(again, () => expect.fail())
    expect(read).to.equal(1)
  })

  it('cost ten bytes each, and a number that nobody can mean costs no more than it must', () => {
    const before = process.memoryUsage().arrayBuffers
    const sets = [idSet(1_000_000), idSet(1_000_000)]
    const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6
    expect(megabytes / sets.length).to.be.within(9, 11)
    const lied = idSet(10 ** 15)
    expect([lied.add('ab'.repeat(16)), lied.add('ab'.repeat(16))]).to.deep.equal([true, false])
  })
})
