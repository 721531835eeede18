import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Language, SourceFile } from '../../policies/problem.ts'
import { warningContext } from '../../templates/context.ts'
import type { WarningFacts } from '../../templates/context.ts'
import { checkTemplates } from '../../templates/check.ts'
import { earlierDay, warningFixtures } from '../../templates/fixtures.ts'
import { greetingName } from '../../templates/greeting.ts'
import { loadTemplates, renderMail, templatesHash } from '../../templates/render.ts'
import { dayInWords, minuteInWords, periodInWords, zoneInWords } from '../../templates/words.ts'

const root = resolve('templates')
const parts = ['subject', 'txt', 'html']
const names = ['inactivity-warning', 'inactivity-warning-bare', 'erased']
const files: readonly SourceFile[] = [
  'layout.html.hbs',
  ...['en', 'fr'].flatMap((lang) =>
    names.flatMap((name) => parts.map((part) => `${lang}/${name}.${part}.hbs`)),
  ),
].map((path) => ({ path, text: readFileSync(resolve(root, path), 'utf8') }))

const templates = loadTemplates(files)
const usual = warningFixtures('full')[0]!

function mail(facts: Partial<WarningFacts>, locale: string | null, site: Language = 'fr') {
  const all = { ...usual, ...facts }
  return renderMail(templates, 'inactivity-warning', locale, site, (lang) =>
    warningContext(all, lang, 'Europe/Paris'),
  )
}

function changed(path: string, change: (text: string) => string): readonly SourceFile[] {
  const file = files.find((one) => one.path === path)!
  return [...files, { path, text: change(file.text) }]
}

function codes(path: string, change: (text: string) => string): readonly string[] {
  return checkTemplates(loadTemplates(changed(path, change))).map((problem) => problem.code)
}

describe('the inactivity warning', () => {
  it('names the site and the last day in the subject, without a threat or a name', () => {
    expect(mail({}, 'en').subject).to.equal('Your Boutique account: sign in by 30 January 2027 to keep it')
    expect(mail({}, 'fr_FR').subject).to.equal(
      'Votre compte Boutique\u00a0: connectez-vous au plus tard le 30 janvier 2027 pour le garder',
    )
  })

  it('tells the last minute in words, with its weekday, in the zone of the policy', () => {
    const { text, html } = mail({}, 'en')
    expect(text).to.contain('until Saturday 30 January 2027 at 23:59, Paris time. If')
    expect(text).to.contain('at the latest on Saturday 30 January 2027 at 23:59, Paris time, here:')
    expect(html).to.contain('<strong>Saturday 30 January 2027 at 23:59, Paris time</strong>')
    expect(mail({}, 'fr').text).to.contain(
      'jusqu’au samedi 30 janvier 2027 à 23\u00a0h\u00a059, heure de Paris. Sans',
    )
  })

  it('says why, with the months of the last use and of the sign-up, which tell several accounts apart', () => {
    expect(mail({}, 'en').text).to.contain(
      'the account was last used in January 2024. You opened this account in May 2019',
    )
    expect(mail({ lastSignIn: null }, 'en').text).to.contain('nobody has used this account yet')
    expect(mail({ lastSignIn: null, signedUp: null }, 'fr').text).not.to.contain('Il a été ouvert')
  })

  it('says every month in good French', () => {
    for (let month = 0; month < 12; month += 1) {
      const { text, html } = mail({ lastSignIn: Date.UTC(2024, month, 15), signedUp: null }, 'fr')
      for (const said of [text, body(html)]) {
        expect(said).to.match(/pour la dernière fois en \p{L}+ 2024\./u)
        expect(said).not.to.match(/\bde [aeiouyâéèêîôh]/)
      }
    }
  })

  it('says of an anonymised or archived account what becomes of it, and nowhere that it is deleted', () => {
    const none = { en: [], fr: [] }
    const anonymise = { act: 'anonymise', goes: none } as const
    expect(mail(anonymise, 'en').text)
      .to.contain('we will take out of it everything that leads to you.')
      .and.to.contain('We make accounts anonymous that nobody has used for 3 years')
      .and.to.contain(
        'WHAT WE WILL REMOVE\n- everything in your account that leads to you\n\nWHAT STAYS\n- Your',
      )
    expect(mail(anonymise, 'fr').text).to.contain('nous en retirerons tout ce qui mène à vous.')
    const archive = { act: 'archive', goes: none } as const
    expect(mail(archive, 'en').text)
      .to.contain('we will move it to an archive with restricted access.')
      .and.to.contain('WHAT WE HAVE TO KEEP')
    expect(mail(archive, 'fr').text).to.contain('nous le déplacerons dans une archive à accès restreint.')
    for (const facts of [anonymise, archive])
      for (const locale of ['en', 'fr']) {
        const { subject, text, html } = mail(facts, locale)
        expect(`${subject} ${text} ${body(html)}`).not.to.match(/delet|suppr/i)
      }
    expect(mail({ act: 'archive' }, 'fr').text).to.contain('CE QUE NOUS SUPPRIMERONS\n- Votre profil')
    expect(mail({}, 'en').text).to.contain('by then, we will delete it.')
  })

  it('leaves out what is kept when nothing is', () => {
    expect(mail({}, 'en').text).to.contain('- Your invoices, for ten years: the law tells us to')
    expect(mail({ stays: { en: [], fr: [] } }, 'en').text).not.to.contain('HAVE TO KEEP')
  })

  it('says of a reminder that it is one, and repeats the date', () => {
    const reminder = mail({ step: 1 }, 'en')
    expect(reminder.subject).to.match(/^Reminder – your Boutique account: sign in by 30 January 2027/)
    expect(reminder.text).to.contain('This is a reminder. The date has not changed.')
    expect(reminder.text).not.to.contain('last reminder')
    expect(mail({ step: 2, lastStep: true }, 'fr').text).to.contain('C’est notre dernier rappel.')
    expect(mail({}, 'fr').text).not.to.contain('rappel')
  })

  it('says which message a changed date takes the place of', () => {
    const earlier = earlierDay
    expect(mail({ earlier }, 'en').text).to.contain(
      'This replaces our message of 20 November 2026, which named 4 January 2027. The new date counts.',
    )
    expect(mail({ earlier }, 'fr').text).to.contain(
      'Ceci remplace notre message du 20 novembre 2026, qui annonçait le 4 janvier 2027. La nouvelle date fait foi.',
    )
    const reminder = mail({ earlier, step: 1 }, 'en').text
    expect(reminder).to.contain('This is a reminder.\n\nThis replaces our message of 20 November 2026, which')
    expect(reminder).not.to.contain('not changed')
    const same = { ...earlier, announced: usual.announced }
    expect(mail({ earlier: same }, 'en').text).to.contain(
      'This replaces our message of 20 November 2026. The date has not changed.',
    )
    expect(mail({ earlier: same, step: 1 }, 'en').text).not.to.contain('replaces')
  })

  it('says that a mail will come after the deletion where one does', () => {
    expect(mail({ thenTellWithin: 5 }, 'en').text).to.contain('remove the address too, within 5 days')
    expect(mail({ thenTellWithin: 5 }, 'fr').text).to.contain('sous 5\u00a0jours')
    expect(mail({}, 'en').text).not.to.contain('once more')
  })

  it('writes both languages, the site’s first, when the locale says neither', () => {
    for (const locale of [null, '', 'de_DE', 'french', 'fri']) {
      const { subject, text, html } = mail({}, locale, 'fr')
      expect(subject).to.match(/^Votre .* \/ Your /)
      expect(text.indexOf('Bonjour')).to.be.within(0, text.indexOf('Hello') - 1)
      expect(html).to.contain('<html lang="fr">').and.to.contain('<div class="sheet" lang="en">')
    }
    expect(mail({}, null, 'en').subject).to.match(/^Your /)
    expect(mail({}, 'FR-ca').text).not.to.contain('Hello')
  })

  it('says the same in the text and in the HTML', () => {
    for (const facts of warningFixtures('full')) {
      for (const locale of ['en', 'fr']) {
        const { text, html } = mail(facts, locale)
        expect(words(body(html))).to.equal(words(text))
      }
    }
  })

  it('escapes markup in HTML and leaves text as it is', () => {
    const { text, html } = mail({ name: '<b>Zoé</b> & "Noé"' }, 'en')
    expect(text).to.contain('Hello <b>Zoé</b> & "Noé",')
    expect(html).to.contain('Hello <bdi>&lt;b&gt;Zoé&lt;/b&gt; &amp; &quot;Noé&quot;</bdi>,')
    expect(mail({ name: '{{siteUrl}} {{#if' }, 'en').text).to.match(/^Hello \{\{siteUrl\}\} \{\{#if,/)
  })

  it('greets without a name that is missing or could carry somebody else’s message', () => {
    for (const name of [null, '', ' \n ', 'see http://x', 'evil.example', 'a@b', '\u202e\u2066']) {
      expect(mail({ name }, 'en').text, String(name)).to.match(/^Hello,/)
    }
    expect(greetingName('\u202e\u200fשרה\u2066')).to.equal('שרה')
    expect(greetingName('J. R. R.\r\nBcc Tolkien')).to.equal('J. R. R. Bcc Tolkien')
    expect(Array.from(greetingName('é'.repeat(200)))).to.have.length(80)
  })

  it('has no link but the bare address of the site, and nothing to load', () => {
    const { html } = mail({}, null)
    expect(new Set(html.match(/(?:href|src|action)\s*=\s*"[^"]*"/g))).to.deep.equal(
      new Set(['href="https://www.boutique.example"']),
    )
    expect(html).not.to.match(/<img|<form|<script|url\(|@import/)
    expect(html).to.contain('<title>').and.to.contain('role="presentation"')
  })

  it('reads at a contrast of at least 4.5 in light and in dark', () => {
    const style = files[0]!.text
    const pairs = [
      ['#f4f4f2', '#1b1b1b'],
      ['#ffffff', '#1b1b1b'],
      ['#ffffff', '#0b4f9e'],
      ['#161616', '#ececec'],
      ['#202020', '#ececec'],
      ['#202020', '#9cc7ff'],
    ] as const
    for (const [back, ink] of pairs) {
      expect(style).to.contain(back).and.to.contain(ink)
      expect(contrast(back, ink)).to.be.at.least(4.5)
    }
    expect(new Set(style.match(/#[0-9a-f]{6}/g))).to.deep.equal(new Set([...pairs.flat(), '#767676']))
  })

  it('uses non-breaking spaces before the double signs of French', () => {
    const { subject, text } = mail({}, 'fr')
    expect(`${subject}\n${text}`).not.to.match(/ [:;!?]/)
  })
})

describe('lint of templates', () => {
  it('finds nothing in the built-in ones', () => {
    expect(checkTemplates(templates)).to.deep.equal([])
  })

  it('finds a field that does not exist, also in a condition', () => {
    expect(codes('en/inactivity-warning.txt.hbs', (text) => text + '{{password}}')).to.include(
      'E_TEMPLATE_FIELD',
    )
    expect(codes('en/inactivity-warning.txt.hbs', (text) => text + '{{#if nobody}}x{{/if}}')).to.include(
      'E_TEMPLATE_FIELD',
    )
    expect(codes('fr/inactivity-warning.html.hbs', (text) => text + '{{constructor}}')).to.include(
      'E_TEMPLATE_FIELD',
    )
  })

  it('refuses helpers that are not on the list', () => {
    for (const text of [
      '{{log name}}',
      '{{lookup this "name"}}',
      '{{> partial}}',
      '{{#evil}}x{{/evil}}',
      '{{x y}}',
    ]) {
      let said: readonly string[]
      try {
        said = codes('en/inactivity-warning.txt.hbs', (before) => before + text)
      } catch (error) {
        said = [(error as { code: string }).code]
      }
      expect(said.join(), text).to.match(/E_TEMPLATE_(FIELD|SYNTAX)/)
    }
  })

  it('finds a missing file, an unescaped value, a foreign link, a picture, a subject without its date', () => {
    const without = files.filter((file) => file.path !== 'fr/inactivity-warning.txt.hbs')
    expect(checkTemplates(loadTemplates(without)).map((one) => one.code)).to.deep.equal([
      'E_TEMPLATE_MISSING',
    ])
    const html = 'en/inactivity-warning.html.hbs'
    expect(codes(html, (text) => text + '{{{name}}}')).to.deep.equal(['E_TEMPLATE_UNESCAPED'])
    expect(codes(html, (text) => text + '<a href="{{siteUrl}}/login?token=1">x</a>')).to.deep.equal([
      'E_TEMPLATE_LINK',
    ])
    expect(codes(html, (text) => text + '<img alt="">')).to.deep.equal(['E_TEMPLATE_SUSPECT'])
    expect(codes(html, (text) => text.replaceAll('{{deadline}}', ''))).to.deep.equal([
      'E_TEMPLATE_INCOMPLETE',
    ])
    expect(codes('fr/inactivity-warning.subject.hbs', () => 'Dernière chance !')).to.deep.equal([
      'E_TEMPLATE_SUBJECT',
    ])
    expect(codes('fr/inactivity-warning.subject.hbs', (text) => `${text} {{name}}`)).to.deep.equal([
      'E_TEMPLATE_SUBJECT_NAME',
    ])
  })

  it('explains a template that cannot be read, and a missing layout', () => {
    const broken = changed('en/inactivity-warning.txt.hbs', () => '{{#if name}}')
    expect(() => loadTemplates(broken)).to.throw(/^en\/inactivity-warning\.txt\.hbs: expected a template/)
    expect(() => loadTemplates(files.slice(1))).to.throw('layout.html.hbs')
  })

  it('hashes what is in force, whatever the order of reading', () => {
    expect(templatesHash([...files].reverse())).to.equal(templatesHash(files))
    const other = changed('en/inactivity-warning.txt.hbs', (text) => `${text}x`)
    expect(templatesHash(other)).not.to.equal(templatesHash(files))
    expect(templatesHash(files)).to.match(/^[0-9a-f]{64}$/)
  })
})

describe('words', () => {
  it('writes the first of a month as French does', () => {
    const at = Date.UTC(2027, 2, 1, 12)
    expect(dayInWords(at, 'fr', 'Europe/Paris')).to.equal('1er mars 2027')
    expect(dayInWords(at, 'en', 'Europe/Paris')).to.equal('1 March 2027')
  })

  it('names a zone by its city', () => {
    expect(zoneInWords('America/New_York', 'en')).to.equal('New York time')
    expect(zoneInWords('Europe/Amsterdam', 'fr')).to.equal('heure d’Amsterdam')
    expect(zoneInWords('Europe/London', 'fr')).to.equal('heure de Londres')
    expect(zoneInWords('Etc/UTC', 'fr')).to.equal('heure UTC')
  })

  it('names a zone of so many hours as people read it, not as the time zone database does', () => {
    const at = Date.UTC(2027, 0, 30, 21, 59)
    expect(minuteInWords(at, 'en', 'Etc/GMT-2')).to.match(/at 23:59, UTC\+2 time$/)
    expect(minuteInWords(at, 'fr', 'Etc/GMT-2')).to.match(/à 23\u00a0h\u00a059, heure UTC\+2$/)
    expect(zoneInWords('Etc/GMT+10', 'en')).to.equal('UTC\u221210 time')
    expect(zoneInWords('etc/gmt-14', 'fr')).to.equal('heure UTC+14')
    for (const zone of ['Etc/GMT+0', 'Etc/GMT-0', 'GMT+0'])
      expect(zoneInWords(zone, 'en')).to.equal('UTC time')
    expect(zoneInWords('Etc/GMT', 'en')).to.equal('GMT time')
  })

  it('counts periods with the plural of the language', () => {
    const period = { years: 1, months: 6, weeks: 0, days: 0, hours: 0 }
    expect(periodInWords(period, 'en')).to.equal('1 year and 6 months')
    expect(periodInWords(period, 'fr').replaceAll('\u00a0', ' ')).to.equal('1 an et 6 mois')
  })
})

function body(html: string): string {
  return html
    .slice(html.indexOf('<div class="sheet"'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', '\u00a0')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

function words(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')
}

function contrast(one: string, other: string): number {
  const light = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const share = parseInt(hex.slice(at, at + 2), 16) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [low = 0, high = 0] = [light(one), light(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}
