import { expect } from 'chai'
import fc from 'fast-check'
import { entryCheck } from '../../audit/entry-check.ts'
import type { Entry } from '../../audit/entry.ts'
import { entryFrom, entryText } from '../../audit/entry-text.ts'
import { personEntry, runEntry, start } from './sample-log.ts'

/** Its id could also be that of a policy. */
const idOf = (nr: number): string => `a${personEntry(nr).id.slice(1)}`
const first = { ...personEntry(3), id: idOf(3) }
const hex = 'ab'.repeat(16)

/** Also with names that read like the two fields that differ between people. */
const entries: readonly Entry[] = [
  first,
  personEntry(4),
  { ...first, policy: { ...first.policy, id: first.id } },
  { ...first, run: hex, tables: { id: { id: '1' }, subject: { subject: '2' }, users: { erased: '3' } } },
  { ...first, kind: 'subject.anonymised', tables: {} },
  {
    ...{ v: '1', id: hex, kind: 'warning.accepted', t: first.t, tool: '0.1.0', policy: first.policy },
    ...{ subject: first.subject, round: '1', step: '2', announced: '2026-01-01' },
  },
  runEntry(4, start),
]
const texts = entries.map(entryText)

const plain = (text: string, id: string): boolean => entryFrom(text)?.id === id

/** One that has seen all of them. */
function experienced(): ReturnType<typeof entryCheck> {
  const check = entryCheck()
  for (const [nr, text] of texts.entries()) expect(check(text, entries[nr]?.id ?? '')).to.equal(true)
  return check
}

describe('the check of many texts of entries', () => {
  it('knows another person where all else is the same', () => {
    const check = experienced()
    for (const nr of [5, 6, 7]) {
      const other = { ...first, id: idOf(nr), subject: personEntry(nr).subject }
      expect(check(entryText(other), other.id)).to.equal(true)
      expect(check(entryText(other), first.id), 'another id').to.equal(false)
      const named = { ...first, policy: { ...first.policy, id: other.id } }
      expect(check(entryText(named), other.id), 'the id of its policy').to.equal(false)
    }
    for (const id of [
      'G'.repeat(32),
      'é'.repeat(32),
      `"${'a'.repeat(31)}`,
      'a'.repeat(31),
      'a'.repeat(33),
      '',
    ])
      expect(check(entryText(first).replace(first.id, id), id), id).to.equal(false)
  })

  it('says of every text, however little of it was changed, what the slow one says', () => {
    const check = experienced()
    let refused = 0
    for (const [nr, text] of texts.entries()) {
      const id = entries[nr]?.id ?? ''
      for (let at = 0; at <= text.length; at += 1)
        for (const sign of ['', '"', '\n', '\\', 'a', 'G', '0', ',', ' ', '}', 'é'])
          for (const cut of sign === '' ? [1, 32] : [0, 1]) {
            const other = text.slice(0, at) + sign + text.slice(at + cut)
            const expected = plain(other, id)
            if (!expected) refused += 1
            if (check(other, id) !== expected)
              expect.fail(`${JSON.stringify(sign)} for ${cut} at ${at} of ${text}: ${!expected}`)
          }
    }
    expect(refused).to.be.above(10_000)
  }).timeout(600_000)

  it('says what the slow one says of parts put together, whatever id it is asked for', () => {
    const check = experienced()
    const one = fc.constantFrom(...texts)
    const at = fc.nat({ max: 600 })
    const ids = [...entries.map(({ id }) => id), '', '"', 'a', first.subject.slice(0, 32), `${first.id}"`]
    fc.assert(
      fc.property(one, one, at, at, fc.constantFrom(...ids), (head, tail, cut, from, id) => {
        const text = head.slice(0, cut) + tail.slice(from)
        expect(check(text, id)).to.equal(plain(text, id))
        expect(check(head, id)).to.equal(plain(head, id))
      }),
      { numRuns: 3000 },
    )
  })

  it('does not keep what it has seen without end', () => {
    const kept = new Set<Set<unknown>>()
    const real = Reflect.get(Set.prototype, 'add') as (this: Set<unknown>, value: unknown) => Set<unknown>
    let most = 0
    // What surrounds id and commitment is kept in a set, and nothing else of a text is.
    Set.prototype.add = function (this: Set<unknown>, value: unknown) {
      real.call(this, value)
      if (typeof value === 'string' && value.includes('"tables"')) {
        real.call(kept, this)
        most = Math.max(most, this.size)
      }
      return this
    }
    try {
      const check = entryCheck()
      for (let nr = 0; nr < 9000; nr += 1) {
        const entry: Entry = { ...first, tables: { users: { erased: `${BigInt(nr)}` } } }
        expect(check(entryText(entry), entry.id)).to.equal(true)
      }
    } finally {
      Set.prototype.add = real
    }
    expect([kept.size, most]).to.deep.equal([1, 4000])
  })
})
