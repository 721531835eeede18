/**
 * `npm run test:report`: the report and a dossier of the demo in a real browser, in both languages: axe, print,
 * pictures.
 * Not part of `npm test`, because it needs Chromium: OUBLI_CHROMIUM names it, or /usr/bin/chromium.
 */
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { inProcess } from '../cli/lab.ts'

const browserFile = process.env['OUBLI_CHROMIUM'] ?? '/usr/bin/chromium'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What is printed: the fewest and the most sheets of paper. */
const pages: readonly (readonly [name: string, argv: readonly string[], sheets: [number, number]])[] = [
  ['report', ['report', '--exact'], [4, 20]],
  ['dossier', ['dossier', 'inactive-accounts', '--exact'], [2, 8]],
]

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

describe('a page of the demo in a browser', function () {
  this.timeout(600_000)
  let folder: string
  let browser: Browser

  before(async () => {
    if (!existsSync(browserFile)) throw new Error(`no Chromium at ${browserFile}: set OUBLI_CHROMIUM`)
    folder = await mkdtemp(join(tmpdir(), 'oubli-report-'))
    const demo = await inProcess(folder, ['demo', '--folder', join(folder, 'demo'), '--people', '500'])
    expect(demo.exit, demo.err).to.equal(0)
    expect(existsSync(join(folder, 'demo/report.html')), 'the demo ends with its report').to.equal(true)
    browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] })
  })
  after(async () => {
    await browser.close()
    process.stdout.write(`\n    pictures and print: ${folder}\n`)
  })

  for (const lang of ['en', 'fr'] as const)
    for (const [name, argv, sheets] of pages)
      it(`${name} is readable for everybody, loads nothing and prints (${lang})`, async () => {
        const config = join(folder, 'demo/oubli.yml')
        const file = join(folder, `${name}-${lang}.html`)
        const said = await inProcess(folder, [...argv, '--html', file, '--lang', lang, '--config', config])
        expect(said.exit, said.err).to.equal(0)
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
        const noise: string[] = []
        page.on('console', (message) => void noise.push(message.text()))
        page.on('request', (request) => {
          if (!request.url().startsWith('file:')) noise.push(request.url())
        })
        await page.goto(`file://${file}`)
        expect(noise).to.deep.equal([])
        expect(await findings(page)).to.deep.equal([])
        await page.screenshot({ path: join(folder, `${name}-${lang}.png`), fullPage: true })
        await page.setViewportSize({ width: 390, height: 800 })
        expect(await findings(page), 'on a telephone').to.deep.equal([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(390)
        await page.screenshot({ path: join(folder, `${name}-${lang}-narrow.png`), fullPage: true })
        await page.setViewportSize({ width: 1200, height: 900 })
        await page.emulateMedia({ media: 'print' })
        expect(await findings(page), 'on paper').to.deep.equal([])
        await page.emulateMedia({ media: null })
        const pdf = await page.pdf({ path: join(folder, `${name}-${lang}.pdf`), preferCSSPageSize: true })
        const printed = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0
        expect(printed).to.be.within(...sheets)
        await page.close()
      })
})

/** Run by the debugger's hand: the page's own policy allows no script. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<{ readonly violations: readonly Finding[] }>('axe.run()')
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}
