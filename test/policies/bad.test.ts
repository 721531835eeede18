import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { parserTexts, renderProblem } from '../../policies/problem-texts.ts'
import { badFolders, expectedOf, lintFolder, saidOf } from './bad-corpus.ts'

const hostile = badFolders().filter((folder) => folder.startsWith('hostile-'))
const rest = badFolders().filter((folder) => !folder.startsWith('hostile-'))

describe('bad files', () => {
  for (const folder of rest) {
    it(`${folder}: every problem is told at once, each in its place`, () => {
      expect(saidOf(folder)).to.deep.equal(expectedOf(folder))
    })
  }

  for (const folder of hostile) {
    it(`${folder}: the process says what is wrong, twice, and lives`, () => {
      const child = fileURLToPath(new URL('lint-child.js', import.meta.url))
      const said = execFileSync(process.execPath, [child, folder], { encoding: 'utf8', timeout: 30_000 })
      expect(said.split('\n')).to.deep.equal(expectedOf(folder))
    })
  }

  it('show every code of reading at least once', () => {
    const shown = new Set(
      badFolders()
        .flatMap(expectedOf)
        .map((line) => line.split(' ')[1]),
    )
    expect(Object.keys(parserTexts).filter((code) => !shown.has(code))).to.deep.equal([])
  })

  it('hold ten folders with three problems or more each', () => {
    const several = badFolders().filter(
      (folder) => folder.startsWith('many-') && expectedOf(folder).length >= 3,
    )
    expect(several).to.have.length.of.at.least(10)
  })
})

describe('the text of a problem', () => {
  it('has every word it needs, in both languages, on one line', () => {
    for (const problem of rest.flatMap((folder) => lintFolder(folder).problems)) {
      const text = parserTexts[problem.code]
      if (text === undefined) continue
      for (const language of ['en', 'fr'] as const) {
        const always = text[language].replace(/\[\[.*?\]\]/g, '')
        const needed = [...always.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
        expect(Object.keys(problem.params), `${problem.code} ${language}`).to.include.members(needed)
        expect(renderProblem(problem, language)).to.match(/^\S+:\d+:\d+ {2}[EWI]_[A-Z_]+ {2}\S.*\S$/)
      }
    }
  })

  it('uses the same parameters in English and in French', () => {
    for (const [code, text] of Object.entries(parserTexts)) {
      const names = (template: string): readonly string[] =>
        [...new Set([...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort()
      expect(names(text.fr), code).to.deep.equal(names(text.en))
    }
  })

  it('reads as a sentence with its place, and proposes the key that was meant', () => {
    const [first] = lintFolder('unknown-key').problems
    expect(renderProblem(first!, 'en')).to.equal(
      'policy.yml:10:1  E_UNKNOWN_KEY  Unknown key "not_wile". Did you mean "not_while"? Correct the key, or remove it.',
    )
    expect(renderProblem(first!, 'fr')).to.equal(
      'policy.yml:10:1  E_UNKNOWN_KEY  Clé inconnue «\u00a0not_wile\u00a0». Vouliez-vous dire «\u00a0not_while\u00a0»\u00a0? Corrigez la clé, ou supprimez-la.',
    )
  })

  it('never lets a name of a file move the cursor of a terminal', () => {
    const place = { file: 'a.yml', line: 1, column: 1 }
    const problem = { code: 'E_NAME', severity: 'error', place, params: { found: 'x\u001b[2J\ny' } } as const
    expect(renderProblem(problem, 'en')).not.to.match(/\p{Cc}/u)
  })
})
