/**
 * `npm run test:mails`: every mail in a real browser, all cases of all variants in both languages, light, dark and narrow: axe,
 * width, pictures. Not part of `npm test`, because it needs Chromium: OUBLI_CHROMIUM names it, or /usr/bin/chromium.
 */
import { expect } from 'chai'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { packageRoot } from '../../config/files.ts'
import { templateFor, variants } from '../../policies/variant.ts'
import { warningContext, type WarningFacts } from '../../templates/context.ts'
import { earlierDay, lastMailFixtures, usualWarning, warningFixtures } from '../../templates/fixtures.ts'
import { lastMailContext } from '../../templates/last-mail.ts'
import { loadTemplates, renderMail, type RenderedMail } from '../../templates/render.ts'

const browserFile = process.env['OUBLI_CHROMIUM'] ?? '/usr/bin/chromium'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const zone = 'Europe/Paris'
const folderOfTemplates = join(packageRoot(), 'templates')
const templates = loadTemplates(
  readdirSync(folderOfTemplates, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs'))
    .map((path) => ({ path, text: readFileSync(join(folderOfTemplates, path), 'utf8') })),
)

/** Names that a page could break on stand in the full mails. */
const hard: Partial<WarningFacts> = {
  name: `שרה <b>Zoé</b> {{name}} ${'Anne-'.repeat(12)}`,
  thenTellWithin: 5,
}

interface Shown extends RenderedMail {
  readonly name: string
}

function mailsIn(locale: string | null): readonly Shown[] {
  const lang = locale ?? 'both'
  const warning = (facts: WarningFacts): RenderedMail =>
    renderMail(templates, templateFor('inactivity-warning', facts.variant), locale, 'fr', (language) =>
      warningContext(facts, language, zone),
    )
  return variants.flatMap((variant) => {
    const replacing = { ...usualWarning, variant, ...hard, step: 2, lastStep: true, earlier: earlierDay }
    const last = renderMail(templates, 'erased', locale, 'fr', (language) =>
      lastMailContext(lastMailFixtures(variant)[0]!, language, zone),
    )
    const all = warningFixtures(variant).map((one, i) => ({
      name: `${variant}-${lang}-${i + 1}-${one.act}-step-${one.step}`,
      ...warning(one),
    }))
    return [
      ...all,
      { name: `${variant}-${lang}-new-date`, ...warning(replacing) },
      { name: `${variant}-${lang}-erased`, ...last },
    ]
  })
}

const looks = [
  { look: 'light', colorScheme: 'light', width: 800 },
  { look: 'dark', colorScheme: 'dark', width: 800 },
  { look: 'narrow', colorScheme: 'light', width: 320 },
] as const

describe('the mails in a browser', function () {
  this.timeout(600_000)
  let folder: string
  let browser: Browser

  before(async () => {
    if (!existsSync(browserFile)) throw new Error(`no Chromium at ${browserFile}: set OUBLI_CHROMIUM`)
    folder = await mkdtemp(join(tmpdir(), 'oubli-mails-'))
    browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] })
  })
  after(async () => {
    await browser.close()
    process.stdout.write(`\n    pictures and texts: ${folder}\n`)
  })

  for (const locale of ['en', 'fr', null])
    for (const mail of mailsIn(locale))
      it(`${mail.name} is readable for everybody and loads nothing`, async () => {
        await writeFile(join(folder, `${mail.name}.txt`), `${mail.subject}\n\n${mail.text}`)
        for (const { look, colorScheme, width } of looks) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
          const noise: string[] = []
          page.on('console', (message) => void noise.push(message.text()))
          page.on('request', (request) => void noise.push(request.url()))
          await page.setContent(mail.html)
          expect(noise).to.deep.equal([])
          expect(await findings(page), look).to.deep.equal([])
          expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(width)
          await page.screenshot({ path: join(folder, `${mail.name}-${look}.png`), fullPage: true })
          await page.close()
        }
      })
})

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** A mail is shown inside the page of a mail program, which has landmarks and a main heading of its own. */
const partOfAPage = ['landmark-one-main', 'page-has-heading-one', 'region']

async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const rules = Object.fromEntries(partOfAPage.map((id) => [id, { enabled: false }]))
  const found = await page.evaluate<{ readonly violations: readonly Finding[] }>(
    `axe.run({ rules: ${JSON.stringify(rules)} })`,
  )
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}
