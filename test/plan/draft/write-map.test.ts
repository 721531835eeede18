import { expect } from 'chai'
import type { Draft, DraftKind } from '../../../plan/draft/draft.ts'
import { differenceText, mapText } from '../../../plan/draft/write-map.ts'
import { lint } from '../../../policies/lint.ts'

function kind(i: number): DraftKind {
  const names = [...Array(8).keys()].map((n) => `a_rather_long_column_${String(n)}`)
  return {
    name: `kind_${String(i)}`,
    table: 'null',
    category: null,
    key: ['id'],
    identity: [],
    subject: false,
    of: null,
    link: null,
    contact: null,
    events: [],
    columns: names.map((name) => ({ name, meaning: 'name', strategy: { strategy: 'blank' }, sure: true })),
    clerks: {},
    beside: false,
    stay: null,
    others: [],
    remarks: [],
  }
}

function draftOf(kinds: number): Draft {
  return {
    kinds: [...Array(kinds).keys()].map(kind),
    policies: [],
    unmapped: [],
    things: [{ table: 'odd\ntable', columns: ['odd\u2028column'], remarks: [] }],
    nothing: [],
  }
}

const site = { name: 'A "shop"', contact: null, zone: 'Europe/Paris' }

describe('a proposed data map as text', () => {
  it('can be read whatever names it holds', () => {
    for (const kinds of [0, 3]) {
      const text = mapText(draftOf(kinds), site, 'en')
      const { problems } = lint({ dataMap: { path: 'data-map.yml', text }, policies: [] })
      expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([])
      expect(text).to.include('#   odd table: odd column')
    }
  })

  it('gets no line and no key from a name with a break, or with signs of the grammar', () => {
    const columns: DraftKind['columns'] = [
      { name: 'a\nenforce: now', meaning: 'name', strategy: null, sure: true },
      { name: 'b: c', meaning: 'name', strategy: { strategy: 'blank' }, sure: true },
    ]
    const text = differenceText(
      {
        kinds: [],
        policies: [],
        columns: [{ kind: 'kind_1', columns }],
        clocks: [],
        unmapped: [],
        things: [],
      },
      [],
      'en',
    )
    expect(text.split('\n').filter((line) => /enforce|b: c/.test(line))).to.deep.equal([
      '    #   kind_1.a enforce: now: todo, names',
      '    #   kind_1.b: c: todo, names',
    ])
  })

  it('leaves remarks out that only confirm, rather than grow beyond what lint reads', () => {
    expect(mapText(draftOf(100), site, 'en')).to.include('blank # names')
    const text = mapText(draftOf(165), site, 'en')
    expect(text).not.to.include('blank # names')
    expect(new TextEncoder().encode(text).length).to.be.at.most(65_536)
    const { problems } = lint({ dataMap: { path: 'data-map.yml', text }, policies: [] })
    expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([])
  })
})
