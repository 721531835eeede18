/** The documentation against the code: what a page names exists, and what a person can meet stands on a page. */
import { expect } from 'chai'
import { catalogues, cataloguePart, quotedCodes, thrownCodes } from './docs/codes.ts'
import { isThere, madePart, pages, pageText } from './docs/pages.ts'

const errorsPage = 'docs/errors.md'

/** Lint and the plan find the very same. */
const foundByBoth = [
  'E_CANARY_KIND',
  'E_FIELD_WITHOUT_STRATEGY',
  'E_UNKNOWN_EVENT',
  'E_UNKNOWN_KIND',
  'E_UNKNOWN_STATE',
]

describe('docs/errors.md', () => {
  const known = new Set([
    ...Object.values(catalogues).flatMap((texts) => Object.keys(texts)),
    ...quotedCodes(),
  ])

  it('explains every code of the program', () => {
    const page = pageText(errorsPage)
    expect([...known].filter((code) => !page.includes(`\`${code}\``))).to.deep.equal([])
    expect(known.size).to.be.greaterThan(150)
  })

  it('names no code that the program does not have', () => {
    const named = [...pageText(errorsPage).matchAll(/\b[EWI]_[A-Z][A-Z0-9_]*/g)].map(([code]) => code)
    expect([...new Set(named)].filter((code) => !known.has(code))).to.deep.equal([])
  })

  it('means one thing by each code', () => {
    const codes = Object.values(catalogues).flatMap((texts) => Object.keys(texts))
    const twice = codes.filter((code, i) => codes.indexOf(code) !== i)
    expect(twice).to.have.members(foundByBoth)
  })

  it('says of the exit code of what is done in part what docs/operations.md says', () => {
    const meaning = (page: string, column: number): string | undefined =>
      /^\| 3 .*$/m.exec(pageText(page))?.[0].split('|')[column]?.trim()
    const here = meaning(errorsPage, 2)
    expect(here).to.match(/^partly done: /)
    expect(meaning('docs/operations.md', 3)).to.equal(here)
  })

  it('can rely on one form of codes', () => {
    const odd = [...thrownCodes()].filter(([code]) => !/^E_[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code))
    expect(odd).to.deep.equal([])
    expect(thrownCodes().size).to.be.greaterThan(30)
  })

  for (const [name, texts] of Object.entries(catalogues))
    it(`says of ${name} what the program says`, async () => {
      const { found, wanted } = await madePart(errorsPage, name, cataloguePart(texts))
      expect(found, 'run once with OUBLI_UPDATE_DOCS=1').to.equal(wanted)
    })
})

describe('links between the pages', () => {
  it('lead somewhere', () => {
    const broken = pages().flatMap((page) =>
      [...pageText(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target.replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .map((target) => new URL(target, `file:///${page}`).pathname.slice(1))
        .filter((target) => !isThere(target))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).to.deep.equal([])
  })
})
