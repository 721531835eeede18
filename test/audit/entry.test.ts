import { expect } from 'chai'
import fc from 'fast-check'
import { canonicalText, isCanonical, type Canonical } from '../../base/canonical.ts'
import { countText, minuteOf, newEntryId, type Entry } from '../../audit/entry.ts'
import { entryFrom, entryText, personTexts } from '../../audit/entry-text.ts'
import { everyKind } from './every-kind.ts'
import { personEntry, runEntry, start } from './sample-log.ts'

const token = 'alice@example.org'

interface Spoilt {
  /** Field of the entry. */
  readonly field: string
  readonly entry: Entry
}

/** The entry with one of its strings or keys, at any depth, replaced; as many as it has. */
function* spoilt(entry: Entry, by = token): Generator<Spoilt> {
  for (const [field, part] of Object.entries(entry) as [string, unknown][])
    for (const other of spoiltPart(part, by)) yield { field, entry: { ...entry, [field]: other } }
  yield { field: 'one more', entry: { ...entry, [by]: entry.v } }
}

function* spoiltPart(value: unknown, by: string): Generator {
  if (typeof value === 'string') yield by
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    for (const other of spoiltPart(part, by)) yield { ...value, [key]: other }
    const { [key]: moved, ...rest } = value as Record<string, unknown>
    yield { ...rest, [by]: moved }
  }
}

const all = Object.values(everyKind)

describe('an evidence entry', () => {
  it('has one text, and comes back from it', () => {
    for (const [kind, entry] of Object.entries(everyKind)) {
      expect(entry.kind).to.equal(kind)
      const text = entryText(entry)
      expect(entryFrom(text)).to.deep.equal(entry)
      expect(entryText(Object.fromEntries(Object.entries(entry).reverse()) as unknown as Entry)).to.equal(
        text,
      )
    }
  })

  it('is told from every other text that says the same', () => {
    const texts = [
      '{"a":"1","b":{"c":[true,null]}}',
      '{"b":"1","a":"2"}',
      '{"a":{"d":"1","c":"2"}}',
      '{"a": "1"}',
    ]
    const more = [
      '{"10":"1","9":"2"}',
      '{"9":"2","10":"1"}',
      '{"a":"1","a":"1"}',
      '{"a":1}',
      '["\\u0061"]',
      '[1]',
    ]
    const found = [...texts, ...more].filter((text) => isCanonical(text, JSON.parse(text) as Canonical))
    expect(found).to.deep.equal([texts[0], more[0]])
    const value = fc.letrec<{ value: Canonical }>((tie) => ({
      value: fc.oneof(
        fc.constantFrom(null, true),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    })).value
    fc.assert(
      fc.property(value, (one) => {
        for (const text of [canonicalText(one), JSON.stringify(one)]) {
          const again = JSON.parse(text) as Canonical
          expect(isCanonical(text, again)).to.equal(canonicalText(again) === text)
        }
      }),
    )
  })

  it('of no kind takes a personal value in any field or key, and never repeats it in the error', () => {
    const values = [
      ...[token, 'Ada Lovelace', 'Zoé', '12 rue de la Paix', 'DE02 1203 0000 0000 2020 51'],
      ...['192.0.2.7', '2001:db8::7', '0612345678', '+33612345678', '+33 6 12 34 56 78'],
    ]
    let tried = 0
    for (const entry of all)
      for (const value of values)
        for (const other of spoilt(entry, value)) {
          tried += 1
          expect(() => entryText(other.entry), JSON.stringify(other))
            .to.throw(TypeError)
            .with.property('message')
            .that.does.not.contain(value)
          expect(entryFrom(canonicalText(other.entry as unknown as Canonical))).to.equal(null)
        }
    expect(tried).to.be.above(3000)
  })

  it('leaves to its writer only what a shape cannot tell: names of tables, words, counts and days', () => {
    const takes = (value: string): readonly string[] => {
      const fields = new Set<string>()
      for (const entry of all)
        for (const other of spoilt(entry, value))
          if (entryFrom(canonicalText(other.entry as unknown as Canonical)) !== null) fields.add(other.field)
      return [...fields].sort()
    }
    expect(takes('Ada')).to.deep.equal(['left', 'tables'])
    const names = ['backlog', 'first', 'left', 'most', 'policies', 'policy', 'tables']
    expect(takes('ada')).to.deep.equal(names)
    expect(takes('1815-12-10')).to.deep.equal(['announced', 'backlog', 'first'])
    const counts = [
      ...['anonymised', 'asked', 'backlog', 'count', 'done', 'erased', 'first', 'found', 'kept', 'left'],
      ...['limit', 'mails', 'most', 'pilot', 'policies', 'round', 'size', 'step', 'tables'],
    ]
    expect(takes('33612345678')).to.deep.equal(counts)
  })

  it('has the same text when many are written at once, and the same checks', () => {
    const first = personEntry(3)
    const texts = personTexts(first)
    for (const tables of [{}, { users: { erased: '1' }, a: { detached: '20', anonymised: '3' } }] as const) {
      const [id, subject] = ['ab'.repeat(16), 'cd'.repeat(32)]
      expect(texts(id, subject, tables)).to.equal(entryText({ ...first, id, subject, tables }))
      for (const bad of [
        [token, subject, tables],
        [id, token, tables],
        [id, subject, { [token]: { erased: '1' } }],
        [id, subject, { users: { [token]: '1' } }],
        [id, subject, { users: { erased: token } }],
      ] as unknown as Parameters<typeof texts>[])
        expect(() => texts(...bad))
          .to.throw(TypeError)
          .with.property('message')
          .that.does.not.contain(token)
    }
  })

  it('is refused with a field too many, one too few, or a number', () => {
    const entry = personEntry(3)
    expect(() => entryText({ ...entry, email: 'x' } as unknown as Entry)).to.throw(/unknown field/)
    expect(() => entryText({ ...entry, subject: undefined } as unknown as Entry)).to.throw(TypeError)
    expect(() => entryText({ ...entry, t: 5 } as unknown as Entry)).to.throw(TypeError)
    expect(() => entryText({ ...entry, t: '2026-11-22T04:30:01.000Z' })).to.throw(/subject.erased.t/)
  })

  it('is not read from a text that is not its canonical one', () => {
    const text = entryText(personEntry(3))
    const wrong = ['', 'null', '[]', '{}', `${text} `, text.replace('"1"', '1'), '['.repeat(60_000)]
    for (const each of wrong) expect(entryFrom(each), each.slice(0, 40)).to.equal(null)
    expect(entryFrom(text.replace('subject.erased', 'toString'))).to.equal(null)
  })

  it('counts in decimal text and rounds its time down to the minute', () => {
    expect(countText(12)).to.equal('12')
    expect(countText(0n)).to.equal('0')
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 60]) expect(() => countText(wrong)).to.throw(RangeError)
    expect(minuteOf(start + 59_999)).to.equal('2026-11-22T04:30:00.000Z')
    expect(minuteOf(-1)).to.equal('1969-12-31T23:59:00.000Z')
  })

  it('has an id of 128 bits from the given randomness', () => {
    expect(newEntryId((size) => new Uint8Array(size).fill(171))).to.equal('ab'.repeat(16))
  })
})

describe('an entry with fields that came later', () => {
  const approval = {
    v: '1',
    id: 'ab'.repeat(16),
    kind: 'plan.approved',
    t: minuteOf(start),
    tool: '0.1.0',
    fingerprint: 'cd'.repeat(32),
    most: { p: '12' },
    until: new Date(start).toISOString(),
  } as const
  const later = {
    ...approval,
    backlog: { p: { size: '12', before: new Date(start).toISOString(), by: '2027-06-30' } },
    first: {
      policies: { p: 'ef'.repeat(32) },
      backup: { taken: '2026-11-25', kept_until: '2027-02-25' },
      binlog_days: '10',
      comes_back: '0',
    },
  } as const

  it('has the text of before without them, and is read with them', () => {
    expect(entryText(approval)).to.equal(canonicalText(approval))
    for (const entry of [
      approval,
      later,
      { ...later, first: { ...later.first, backup: null, binlog_days: null } },
    ])
      expect(entryFrom(entryText(entry))).to.deep.equal(entry)
    const run = { ...runEntry(4, start), pilot: '10' } as Entry
    expect(entryFrom(entryText(run))).to.deep.equal(run)
  })

  it('takes nothing beside them', () => {
    const less = { ...later, first: { ...later.first, comes_back: undefined } }
    expect(() => entryText(less as unknown as Entry)).to.throw(/comes_back/)
    expect(() => entryText({ ...later, first: null } as unknown as Entry)).to.throw(TypeError)
  })
})

describe('the text of an evidence entry', () => {
  it('is none beyond what its length in two bytes can say', () => {
    const long = (tables: number): string => {
      const name = (at: number) => `${'x'.repeat(60)}.${'y'.repeat(60)}${at + 100}`
      const counts = Array.from({ length: tables }, (_, at) => [name(at), { erase: '1' }])
      return canonicalText({ ...personEntry(1), tables: Object.fromEntries(counts) as object } as never)
    }
    expect([long(400), long(500)].map((text) => Buffer.byteLength(text) < 65_536)).to.deep.equal([
      true,
      false,
    ])
    expect(entryFrom(long(400))).not.to.equal(null)
    expect(entryFrom(long(500))).to.equal(null)
  })
})
