import { expect } from 'chai'
import type { Finding } from '../../audit/finding.ts'
import { verifyLines } from '../../cli/audit.ts'
import { findingText } from '../../cli/finding-text.ts'

const checkpoint = 'checkpoints/9'
const at = { index: 41 }
const range = { from: 5, to: 8 }

/** One of each code: the compiler asks for another when there is one. */
const each: { readonly [C in Finding['code']]: Extract<Finding, { readonly code: C }> } = {
  'no checkpoint': { code: 'no checkpoint' },
  'checkpoint unreadable': { code: 'checkpoint unreadable', checkpoint },
  'signature invalid': { code: 'signature invalid', checkpoint },
  'unknown key': { code: 'unknown key', checkpoint },
  'other log': { code: 'other log', checkpoint },
  'checkpoints contradict': { code: 'checkpoints contradict', checkpoint, earlier: 'checkpoints/7' },
  'checkpoint put back': { code: 'checkpoint put back', checkpoint, size: 11, signed: 12 },
  'root differs': { code: 'root differs', checkpoint, ...range },
  'entry differs': { code: 'entry differs', place: 'database', ...at },
  'copies disagree': { code: 'copies disagree', ...at },
  'entries removed': { code: 'entries removed', ...range },
  'out of order': { code: 'out of order', ...at },
  'not an entry': { code: 'not an entry', ...at },
  'id repeated': { code: 'id repeated', ...at },
  'file missing': { code: 'file missing', path: 'tile/0/000' },
  'file differs': { code: 'file differs', path: 'tile/0/000' },
  'log truncated': { code: 'log truncated', checkpoint, entries: 11, size: 12 },
  'tail not signed': { code: 'tail not signed', ...range },
  'count differs': { code: 'count differs', entries: 11, sealed: 12 },
  'database behind': { code: 'database behind', sealed: 11, size: 12 },
  'entries forgotten': { code: 'entries forgotten', count: 13 },
  'waiting entries removed': { code: 'waiting entries removed', count: 13 },
  'run without entry': { code: 'run without entry', lastRunAt: '2026-11-23T10:00:00.000Z' },
}

const places = (['entries', 'hashes', 'database', 'copy'] as const).map((place): Finding => ({
  code: 'entry differs',
  place,
  ...at,
}))
const all: readonly Finding[] = [...Object.values(each), ...places]

/** What a sentence has to name: every value but the code and the place, a range by its first and last entry. */
function named(finding: Finding): readonly string[] {
  const rest = Object.entries(finding).filter(([name]) => !['code', 'place'].includes(name))
  return rest.map(([name, value]) => String(name === 'to' ? Number(value) - 1 : value))
}

describe('what a verification found', () => {
  for (const lang of ['en', 'fr'] as const)
    it(`has a sentence of its own for each, with every value in it (${lang})`, () => {
      const said = all.map((finding) => findingText(finding, lang))
      expect(new Set(said).size).to.equal(new Set(all.map((one) => JSON.stringify(one))).size)
      for (const [i, finding] of all.entries()) {
        expect(said[i])
          .to.match(/\.$/)
          .and.not.match(/[{}?]|undefined/)
        for (const value of named(finding)) expect(said[i]).to.contain(value)
      }
    })

  it('is not left in English', () => {
    for (const finding of all) {
      const french = findingText(finding, 'fr')
      expect(french).not.to.equal(findingText(finding, 'en'))
      expect(french).not.to.match(/\b(the|is|was|were|are|of|and|or|not|entry|log)\b/i)
    }
  })

  it('names one entry and several', () => {
    const one: Finding = { code: 'entries removed', from: 5, to: 6 }
    expect(findingText(one, 'en')).to.equal('The database lacks the entry at 5.')
    expect(findingText(one, 'fr')).to.equal('Il manque dans la base l’entrée 5.')
    expect(findingText(each['entries removed'], 'en')).to.equal('The database lacks the entries from 5 to 7.')
    expect(findingText(each['tail not signed'], 'fr')).to.contain('les entrées 5 à 7\u00a0:')
  })

  it('is told in the language that was asked for', () => {
    const report = { state: 'failed', entries: 0, unsealed: 0, root: null, newest: null, older: 0 } as const
    const lines = verifyLines({ ...report, findings: [each['no checkpoint']], more: 1200 }, 'fr')
    expect(lines.slice(0, 2)).to.deep.equal([
      'FOUND  Il n’y a aucun point de contrôle\u00a0: rien ne dit ce que le journal devrait être.',
      '… et 1\u202f200 autres',
    ])
  })
})
