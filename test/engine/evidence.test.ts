/** What is said of each person and of each batch, before it is written. */
import { expect } from 'chai'
import { keyTombstoneOf, tombstoneOf } from '../../base/subject-ref.ts'
import { openSealed } from '../../audit/sealed-opening.ts'
import { countIn, flatEntry, leafWith, leavesNoRow, personProofs, rowsEntry } from '../../engine/evidence.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import type { CompiledPolicy, RootAct } from '../../plan/compiled.ts'
import type { Facts } from '../../plan/facts.ts'

const secret = Buffer.alloc(32, 7)
const asOf = Date.parse('2026-06-01T10:00:30Z')
const place = { run: 'a'.repeat(32), asOf, cutoff: Date.parse('2023-06-01T00:00:00Z') }

function policyOf(
  act: RootAct['act'],
  more: Partial<CompiledPolicy> = {},
  receipts?: object,
): CompiledPolicy {
  const policy = { id: 'p', ...(receipts === undefined ? {} : { receipts }) }
  const rest = {
    kind: 'account',
    subject: true,
    table: 'users',
    clock: { zone: 'UTC' },
    termsHash: 'f'.repeat(64),
  }
  return { policy, act: { act }, ...rest, ...more } as unknown as CompiledPolicy
}

/** The first answer orders the people; each later one is filled with the number of the question. */
function portsWith(numbers: readonly number[]): EnginePorts {
  let asked = 0
  const order = Buffer.alloc(4 * numbers.length)
  numbers.forEach((number, i) => order.writeUInt32BE(number, 4 * i))
  const random = (size: number) => {
    asked += 1
    return asked === 1 && numbers.length > 0 ? order : Buffer.alloc(size, asked)
  }
  return { secret, toolVersion: '0.0.0-test', random } as unknown as EnginePorts
}

const people = (...keys: readonly string[]) =>
  keys.map((key) => ({ key: [key], identity: [`born ${key}`] })) as unknown as readonly Facts[]
const month = { years: 0, months: 1, weeks: 0, days: 0, hours: 0 }

describe('the proof of each person', () => {
  const order = (numbers: readonly number[], ...keys: readonly string[]) =>
    personProofs(portsWith(numbers), policyOf('erase'), place, people(...keys)).map(({ root }) => root)

  it('stands where chance puts it, so that the order of entries tells nothing', () => {
    // From the last place down: the number of a place, divided by how many are left, says who comes there.
    expect(order([9, 9, 9, 9], 'a', 'b', 'c', 'd')).to.deep.equal(['["c"]', '["d"]', '["a"]', '["b"]'])
    expect(order([0, 0, 0, 0], 'a', 'b', 'c', 'd')).to.deep.equal(['["b"]', '["c"]', '["d"]', '["a"]'])
    expect(order([0, 1, 2, 3], 'a', 'b', 'c', 'd')).to.deep.equal(['["a"]', '["b"]', '["c"]', '["d"]'])
    expect(order([5, 4, 0], 'a', 'b', 'c')).to.deep.equal(['["b"]', '["c"]', '["a"]'])
    expect(order([7], 'a')).to.deep.equal(['["a"]'])
  })

  it('says what became of the row, and opens nothing where no receipt is given', () => {
    for (const [act, said] of [
      ['erase', 'erased'],
      ['archive', 'erased'],
      ['anonymise', 'anonymised'],
      ['withdraw consent', 'anonymised'],
    ] as const) {
      const policy = policyOf(act)
      expect(leavesNoRow(policy), act).to.equal(said === 'erased')
      const [proof] = personProofs(portsWith([0]), policy, place, people('1'))
      const subject = { kind: 'account', key: ['1'], identity: ['born 1'] }
      expect(proof?.opening).to.equal(null)
      expect(proof?.tombstone).to.deep.equal({
        hash: tombstoneOf(secret, subject),
        policy: 'p',
        act: said,
        keyHash: keyTombstoneOf(secret, subject),
        kind: 'account',
        entryId: proof?.id,
        erasedAt: '2026-06-01T10:00:30.000Z',
      })
    }
  })

  it('is locked up for a receipt as long as the policy says', () => {
    const [proof] = personProofs(portsWith([0]), policyOf('erase', {}, month), place, people('1'))
    const opening = proof?.opening
    expect(opening).to.include({ entryId: proof?.id, untilAt: '2026-07-02T00:00:00.000Z' })
    const opened = openSealed(secret, proof?.id ?? '', { kind: 'account', key: ['1'] }, opening?.sealed ?? '')
    expect(opened).to.deep.include({ identity: ['born 1'], salt: Buffer.alloc(32, 3).toString('hex') })
  })

  it('is none for rows that are not people', () => {
    expect(
      personProofs(portsWith([]), policyOf('erase', { subject: false }), place, people('1')),
    ).to.deep.equal([])
  })
})

describe('the entry of a whole batch of rows', () => {
  it('says what became of them', () => {
    const kinds = (['erase', 'archive', 'anonymise', 'truncate fields', 'withdraw consent'] as const).map(
      (act) => rowsEntry(portsWith([]), policyOf(act), place, {}).kind,
    )
    expect(kinds).to.deep.equal(
      ['erased', 'archived', 'anonymised', 'truncated', 'withdrawn'].map((word) => `rows.${word}`),
    )
  })

  it('is written around a number that the database counts, and read again', () => {
    const entry = flatEntry(portsWith([]), policyOf('truncate fields', { subject: false }), place)
    const text = leafWith(entry, 41)
    const said = JSON.parse(text) as Record<string, unknown>
    expect(said).to.deep.include({
      id: entry.id,
      kind: 'rows.truncated',
      t: '2026-06-01T10:00:00.000Z',
      as_of: '2026-06-01T10:00:30.000Z',
      cutoff: '2023-06-01T00:00:00.000Z',
      run: place.run,
      policy: { id: 'p', terms: 'f'.repeat(64) },
      tables: { users: { truncated: '41' } },
    })
    expect(said['batch'])
      .to.match(/^[0-9a-f]{32}$/)
      .and.not.equal(entry.id)
    expect([countIn(entry, text), countIn(entry, leafWith(entry, 0)), countIn(entry, null)]).to.deep.equal([
      41, 0, 0,
    ])
  })
})
