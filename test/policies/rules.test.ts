import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { fillText } from '../../policies/problem-text.ts'
import { ruleTexts, type RuleCode } from '../../policies/rule-texts.ts'
import { lineOf, readFolder } from './corpus.ts'

const corpus = join('test', 'policies', 'bad-rules')
const codes = Object.keys(ruleTexts) as RuleCode[]

describe('the rules of lint', () => {
  for (const name of readdirSync(corpus)) {
    it(`find ${name.toUpperCase()} where it stands, and nothing else`, () => {
      const expected = readFileSync(join(corpus, name, 'expected.txt'), 'utf8')
        .trim()
        .split('\n')
      const found = readFolder(join(corpus, name)).problems
      expect(found.map(lineOf)).to.deep.equal(expected)
      expect(new Set(found.map(({ code }) => code.toLowerCase()))).to.deep.equal(new Set([name]))
    })

    it(`fill every place of the texts of ${name.toUpperCase()}`, () => {
      for (const { code, params } of readFolder(join(corpus, name)).problems) {
        const { en, fr } = ruleTexts[code as RuleCode]
        for (const text of [fillText(en, params), fillText(fr, params)]) {
          expect(text).not.to.match(/[{}[\]]{2}|\{\w+\}|(?:^|[\s"(\u00a0])\?/)
        }
      }
    })
  }

  it('have a folder for every code', () => {
    expect(readdirSync(corpus).sort()).to.deep.equal(codes.map((code) => code.toLowerCase()).sort())
  })

  it('find no error in the sample shop, and warn where it keeps longer than a reference', () => {
    const { problems } = readFolder(join('policies', 'sample-shop'))
    expect(problems.filter(({ severity }) => severity === 'error').map(lineOf)).to.deep.equal([])
    const warned = problems.filter(({ code }) => code === 'W_TERM_ABOVE_REFERENCE')
    expect(warned.map(({ place }) => place.file)).to.include('inactive-accounts.yml')
  })

  it('carry the severity that their letter says', () => {
    const letters = { error: 'E', warning: 'W', info: 'I' } as const
    for (const code of codes)
      expect(code.startsWith(`${letters[ruleTexts[code].severity]}_`), code).to.equal(true)
  })

  it('keep French punctuation on the line of its word', () => {
    for (const code of codes) {
      expect(ruleTexts[code].fr, code).not.to.match(/ [;:!?»]|« /)
    }
  })
})
