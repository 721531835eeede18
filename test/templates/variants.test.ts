/** How much each variant says, and what the mail after the erasure says. Read by a parser that is not ours. */
import { expect } from 'chai'
import { simpleParser, type ParsedMail } from 'mailparser'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { composeMail } from '../../mail/compose.ts'
import type { TemplateUse } from '../../policies/telling.ts'
import { templateFor, variants, type Variant } from '../../policies/variant.ts'
import { checkTemplates } from '../../templates/check.ts'
import { warningContext, type WarningFacts } from '../../templates/context.ts'
import { lastMailFixtures, usualWarning, warningFixtures } from '../../templates/fixtures.ts'
import { lastMailContext, type LastMailFacts } from '../../templates/last-mail.ts'
import { loadTemplates, renderMail, type RenderedMail } from '../../templates/render.ts'
import { sample } from '../mail/sample.ts'

const zone = 'Europe/Paris'
const files = readdirSync(join(packageRoot(), 'templates'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.hbs') && !path.startsWith('report'))
  .map((path) => ({ path, text: readFileSync(join(packageRoot(), 'templates', path), 'utf8') }))
const templates = loadTemplates(files)

function warning(facts: WarningFacts, locale: string | null): RenderedMail {
  const name = templateFor('inactivity-warning', facts.variant)
  return renderMail(templates, name, locale, 'fr', (lang) => warningContext(facts, lang, zone))
}

function last(facts: LastMailFacts, locale: string | null): RenderedMail {
  return renderMail(templates, 'erased', locale, 'fr', (lang) => lastMailContext(facts, lang, zone))
}

async function parsed(mail: RenderedMail): Promise<ParsedMail> {
  return await simpleParser(Buffer.from(await composeMail({ ...sample, ...mail })))
}

const person: WarningFacts = {
  ...usualWarning,
  name: 'Zacharie',
  goes: { en: ['Your pink letters'], fr: ['Vos lettres roses'] },
  stays: {
    en: [{ what: 'Your invoices', because: 'of the law', until: 'for ten years' }],
    fr: [{ what: 'Vos factures', because: 'de la loi', until: 'pendant dix ans' }],
  },
}

describe('the variants of a warning', () => {
  for (const locale of ['en', 'fr', null])
    it(`bare: name neither the person nor what the account holds (${String(locale)})`, () => {
      const { subject, text, html } = warning({ ...person, variant: 'bare' }, locale)
      const all = `${subject}\n${text}\n${html}`
      expect(all).to.contain('Boutique SAS')
      expect(all).not.to.match(/Zacharie|2024|2019|pink|roses|invoices|factures/)
      const full = warning(person, locale).text
      expect(full)
        .to.match(/Zacharie/)
        .and.to.match(/2024/)
        .and.to.match(/2019/)
    })

  for (const locale of ['en', 'fr', null])
    it(`discreet: do not even name the site (${String(locale)})`, () => {
      const { subject, text, html } = warning({ ...person, variant: 'discreet' }, locale)
      const all = `${subject}\n${text}\n${html}`
      expect(all).not.to.match(/boutique|Zacharie|2024|2019|pink|roses|invoices|factures/i)
      expect(subject).to.contain('Account service').and.to.contain('2027')
      expect(text).to.contain('https://accounts.example').and.to.contain('hello@accounts.example')
    })

  it('give two accounts at one address two mails; only a full one tells them apart, by what their owner knows', () => {
    const other = { ...person, signedUp: Date.UTC(2021, 8, 3), lastSignIn: Date.UTC(2024, 2, 1) }
    expect(warning(person, 'en').text).to.contain('May 2019').and.not.to.equal(warning(other, 'en').text)
    expect(warning(other, 'en').text).to.contain('September 2021')
    const bare = (facts: WarningFacts): string => warning({ ...facts, variant: 'bare' }, 'en').text
    expect(bare(person), 'a stranger learns nothing').to.equal(bare(other))
    for (const variant of variants)
      expect(warning({ ...person, variant }, 'en').text).to.contain('each one gets a message of its own')
  })

  it('never say that nobody has used the account yet, unless nobody has', () => {
    for (const variant of ['bare', 'discreet'] as const)
      expect(warning({ ...person, variant }, 'en').text).not.to.contain('yet')
  })

  for (const locale of ['en', 'fr', null])
    it(`announce what is done, and no other thing (${String(locale)})`, () => {
      for (const variant of ['bare', 'discreet'] as const) {
        const said = (act: WarningFacts['act']): string => {
          const { subject, text, html } = warning({ ...person, variant, act }, locale)
          return `${subject}\n${text}\n${html}`
        }
        expect(said('anonymise')).not.to.match(/delet|suppr|archiv/i)
        expect(said('anonymise')).to.match(/leads to a person|mène à une personne/)
        expect(said('archive')).to.match(/archive with restricted access|archive à accès restreint/)
        expect(said('archive')).not.to.match(/delete it|le supprimerons|anonym/)
        expect(said('erase')).to.match(/delete it|le supprimerons/)
        expect(said('erase')).not.to.match(/anonym|archiv/)
      }
    })

  it('say the last minute, the earlier message and the reminder as a full one does', () => {
    for (const variant of variants) {
      const facts: WarningFacts = { ...person, variant, step: 2, lastStep: true }
      const earlier = { sent: Date.UTC(2026, 10, 20, 9), announced: Date.UTC(2027, 0, 4, 23) }
      const { subject, text } = warning({ ...facts, earlier }, 'en')
      expect(subject).to.match(/^Reminder – /)
      expect(text).to.contain('until Saturday 30 January 2027 at 23:59, Paris time')
      expect(text).to.contain('This is a reminder. It is our last reminder.')
      expect(text).to.contain('our message of 20 November 2026, which named 4 January 2027. The new date')
    }
  })
})

describe('the mail after an erasure', () => {
  const facts = (variant: Variant): LastMailFacts => lastMailFixtures(variant)[0]!

  it('says when it was done, what stays, and what becomes of the address', () => {
    const { subject, text } = last(facts('full'), 'en')
    expect(subject).to.equal('Boutique: your account has been deleted')
    expect(text).to.contain('was deleted on 31 January 2027').and.to.contain('within 5 days')
    expect(text).to.contain('- Your invoices, for ten years: the law tells us to')
    expect(last(lastMailFixtures('full')[1]!, 'en').text).not.to.match(/invoices|Some records/)
  })

  it('says less in the other variants', () => {
    expect(last(facts('bare'), 'en').text)
      .to.contain('Some records stay')
      .and.not.to.contain('invoices')
    for (const locale of ['en', 'fr', null]) {
      const { subject, text, html } = last(facts('discreet'), locale)
      expect(`${subject}\n${text}\n${html}`).not.to.match(/boutique/i)
    }
  })
})

describe('every mail', () => {
  const words = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')
  const all = (locale: string | null): readonly RenderedMail[] =>
    variants.flatMap((variant) => [
      ...warningFixtures(variant).map((facts) => warning(facts, locale)),
      ...lastMailFixtures(variant).map((facts) => last(facts, locale)),
    ])

  for (const locale of ['en', 'fr', 'de_DE', null])
    it(`arrives as it was written, both parts with the same words (${String(locale)})`, async () => {
      for (const mail of all(locale)) {
        const read = await parsed(mail)
        expect(read.subject).to.equal(mail.subject)
        expect(read.text?.trim()).to.equal(mail.text.trim())
        expect(read.html).to.equal(mail.html)
        expect(read.attachments).to.deep.equal([])
        const sheets = mail.html.slice(mail.html.indexOf('<div class="sheet"'))
        expect(words(plainOf(sheets))).to.equal(words(mail.text))
      }
    })

  it('has no space before a double sign of French, no empty line twice, and no line that ends in a space', () => {
    for (const { subject, text } of all('fr')) {
      expect(`${subject}\n${text}`).not.to.match(/ [:;!?]/)
      expect(text).not.to.match(/\n\n\n|[ \t]\n/)
    }
  })
})

describe('lint of variants', () => {
  const otherActs: TemplateUse['otherActs'] = (['anonymise', 'archive'] as const).flatMap((act) =>
    variants.map((variant) => ({ template: templateFor('inactivity-warning', variant), variant, act })),
  )

  it('finds nothing in the built-in ones', () => {
    expect(
      checkTemplates(templates, { lastMails: ['erased'], otherActs, hidden: ['Boutique'] }),
    ).to.deep.equal([])
  })

  function codes(path: string, change: (text: string) => string, hidden: string | null = null) {
    const file = files.find((one) => one.path === path)!
    const changed = loadTemplates([...files, { path, text: change(file.text) }])
    const use = { lastMails: [], otherActs, hidden: hidden === null ? null : [hidden] }
    return checkTemplates(changed, use).map(({ code }) => code)
  }

  it('finds a written-out name where mails are discreet, and only there', () => {
    for (const path of ['en/inactivity-warning-bare.txt.hbs', 'fr/erased.html.hbs']) {
      expect(codes(path, (text) => `${text}Le Kiosque`, 'le kiosque')).to.include('E_TEMPLATE_TELLS')
      expect(codes(path, (text) => `${text}Le Kiosque`)).not.to.include('E_TEMPLATE_TELLS')
    }
    const full = 'en/inactivity-warning.txt.hbs'
    expect(codes(full, (text) => `${text}Le Kiosque`, 'le kiosque')).to.deep.equal([])
  })

  it('looks at the layout too where mails are discreet: at names, and at what a page loads', () => {
    const add = (more: string) => (text: string) => text.replace('<body>', `<body>${more}`)
    const path = 'layout.html.hbs'
    expect(codes(path, add('<p>Le Kiosque</p>'), 'le kiosque')).to.deep.equal(['E_TEMPLATE_TELLS'])
    expect(codes(path, add('<p>L&#x65; Kiosque</p>'), 'le kiosque')).to.deep.equal(['E_TEMPLATE_TELLS'])
    for (const loaded of ['<img src="https://a.example/p">', '<table background="https://a.example/p">'])
      expect(codes(path, add(loaded), 'le kiosque'), loaded).to.deep.equal(['E_TEMPLATE_SUSPECT'])
    const sheet = (text: string): string => text.replace('<style>', '<style>@import "https://a.example/p";')
    expect(codes(path, sheet, 'le kiosque')).to.deep.equal(['E_TEMPLATE_SUSPECT'])
    const link = add('<a href="https://a.example">a</a>')
    expect(codes(path, link, 'le kiosque')).to.deep.equal(['E_TEMPLATE_LINK'])
    expect(codes(path, add('<p>Le Kiosque</p>'))).to.deep.equal([])
  })

  it('finds what promises a deletion where a policy does something else, and only there', () => {
    const old = (text: string): string => text.replaceAll('#if anonymises', '#if neutral')
    for (const part of ['txt', 'html']) {
      const path = `en/inactivity-warning.${part}.hbs`
      expect(codes(path, old), part).to.deep.equal(['E_TEMPLATE_ACT'])
      const file = files.find((one) => one.path === path)!
      const changed = loadTemplates([...files, { path, text: old(file.text) }])
      expect(checkTemplates(changed), part).to.deep.equal([])
    }
  })

  it('asks for the earlier message, the last minute, and the day of the erasure', () => {
    const path = 'fr/inactivity-warning-bare.txt.hbs'
    for (const field of ['deadline', 'replacedMessage', 'replacedDay', 'thenTellWithin'])
      expect(
        codes(path, (text) => text.replaceAll(`{{${field}}}`, '')),
        field,
      ).to.include('E_TEMPLATE_INCOMPLETE')
    expect(codes('en/erased.html.hbs', (text) => text.replace('{{erasedOn}}', ''))).to.include(
      'E_TEMPLATE_INCOMPLETE',
    )
    expect(codes('en/erased.txt.hbs', (text) => `${text}{{lastDay}}`)).to.include('E_TEMPLATE_FIELD')
  })
})

function plainOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('&nbsp;', '\u00a0')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
