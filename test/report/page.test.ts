/** What a page prints at its foot and above its tables, whatever the site is called and whatever the month is. */
import { expect } from 'chai'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePage } from '../../cli/page.ts'
import { cssText } from '../../report/css-text.ts'
import { dossierView } from '../../report/dossier.ts'
import { reportView } from '../../report/view.ts'
import { mapOf } from '../plan/site-builder.ts'
import { faultsOf, textOf } from './html.ts'
import { day, facts, policy } from './sample.ts'

/** What a browser reads of a string in a style sheet. */
function read(text: string): string {
  return text.replace(/\\([0-9a-f]{1,6})[ \t\n]?/gi, (_, code: string) =>
    String.fromCodePoint(parseInt(code, 16)),
  )
}

const august = Date.parse('2026-08-10T10:00:00Z')

/** A forecast whose years begin in August. */
function reported(name: string) {
  const months = Array.from({ length: 36 }, (_, i) => august + i * 30.4 * day)
  const forecast = months.map(() => ({ rows: 30, basis: 'exact' as const }))
  const dataMap = mapOf([], { site: { name, url: 'https://s.example' } })
  const gaps = [{ kind: 'column', table: 'accounts', column: 'email', data: null, stub: '' } as const]
  return facts([policy({ forecast })], { asOf: august, months, dataMap, gaps })
}

function dossier(name: string) {
  const none = { approvals: [], firsts: [], pilots: [], runs: [], mail: null }
  const times = { observedAt: null, inForceSince: august }
  return {
    report: reported(name),
    termsHash: 't'.repeat(64),
    clock: 'no silence',
    ...times,
    ...none,
  } as const
}

describe('a page', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oubli-page-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function page(of: 'page' | 'dossier', name: string, lang: 'en' | 'fr'): Promise<string> {
    const file = join(folder, `${of}.html`)
    const options = { lang, masks: true }
    const view = of === 'page' ? reportView(reported(name), options) : dossierView(dossier(name), options)
    await writePage(file, of, view)
    return await readFile(file, 'utf8')
  }

  for (const of of ['page', 'dossier'] as const)
    it(`prints the name of the site as it is, and no name ends its style (${of})`, async () => {
      for (const name of [
        "L'Atelier & <Cie>",
        'C:\\Atelier\\"né"',
        '</style><b>Été</b>',
        'Ligne 1\nLigne 2',
      ]) {
        const html = await page(of, name, 'fr')
        const [style = '', ...more] = html.match(/<style>[\s\S]*?<\/style>/g) ?? []
        expect(more).to.deep.equal([])
        expect(style).not.to.match(/&#|&amp;|&lt;|&quot;/)
        expect(style.trimEnd().endsWith('print-color-adjust: exact; }\n}\n</style>'), name).to.equal(true)
        const [, foot = ''] = /@bottom-left \{ content: "([^"\n]*)"; font/.exec(style) ?? []
        expect(read(foot)).to.match(/ · 10 août 2026$/)
        expect(read(foot)).to.contain(` · ${name} · `)
        expect(faultsOf(html)).to.deep.equal([])
      }
    })

  it('has no « de août » and no « de accounts » in French', async () => {
    const text = textOf(await page('page', 'S', 'fr'))
    expect(text).to.contain('Échéances, août 2026 à juillet 2027')
    expect(text).to.contain('colonne email, table accounts')
    expect(text).not.to.match(/\bde (?:avril|août|octobre|accounts)/)
  })
})

describe('a text in a style sheet', () => {
  it('is read as it was, and holds nothing that ends a string or a block', () => {
    for (const text of ['', 'plain 12', "a'b", '\\41', '"; } </style>', 'é🌍 A', '· 9 ·', ' \t\r\n\f']) {
      expect(cssText(text)).to.match(/^[\p{L}\p{N} \\]*$/u)
      expect(read(cssText(text)), JSON.stringify(text)).to.equal(text)
    }
  })
})
