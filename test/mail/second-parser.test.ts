/** Mails as they leave over SMTP, read by a parser that is not ours: what a changed day says, and what a discreet one hides. */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { day, silent, start } from './bounces-site.ts'
import { scriptedServer, type ScriptedServer } from './scripted-smtp.ts'
import { warnedSite } from './warned-site.ts'

type Box = readonly [name: string, address: string]

interface Read {
  readonly headers: readonly (readonly [string, string])[]
  readonly from: readonly Box[]
  readonly replyTo: readonly Box[]
  readonly to: readonly Box[]
  readonly subject: string
  readonly date: string
  readonly parts: readonly string[]
  readonly names: readonly (string | null)[]
  readonly text: string
  readonly html: string
  readonly defects: readonly string[]
}

/** By Python's `email`. */
function read(message: string): Read {
  const program = join(packageRoot(), 'test/mail/read_mail.py')
  const child = spawnSync('python3', [program], {
    input: Buffer.from(message.replace(/^\.\./gm, '.'), 'latin1'),
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as Read
}

/** One person in each language. */
function site(port: number): SiteFiles {
  const { tables, dataMap, policies, mail } = warnedSite(port)
  return {
    tables: tables.map((text) => text.replace('first_name VARCHAR(80) NULL,', '$& locale VARCHAR(5) NULL,')),
    dataMap: dataMap.replace('name: first_name }', 'name: first_name, locale: locale }'),
    policies,
    mail: { ...mail, bounces: { none_because: 'A test proves nothing by a test mail.' } },
  }
}

const people = [
  { ...silent(1), first_name: 'Zacharie', locale: 'fr' },
  { ...silent(2), first_name: 'Zelda', locale: 'en' },
]

eachDatabase('a mail over SMTP, read by another parser', (open) => {
  let relay: ScriptedServer
  let one: Installation
  before(function () {
    if (spawnSync('python3', ['--version']).status !== 0) this.skip()
  })
  beforeEach(async () => {
    relay = await scriptedServer()
  })
  afterEach(async () => {
    await one.close()
    await relay.close()
  })

  async function begin(files: SiteFiles): Promise<void> {
    one = await install(await open(), files, start)
    await insert(one.database, 'users', people)
    await run()
    await one.approve()
    await run()
  }
  async function run(): Promise<void> {
    const said = await one.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
  }
  /** The last mail to somebody. */
  function mailTo(id: number): Read {
    const mails = relay.taken.map(read)
    const found = mails.findLast(({ to }) => to[0]?.[1] === `person${id}@mail.example`)
    if (found === undefined) throw new Error('no mail was sent to this person')
    expect(found.defects).to.deep.equal([])
    expect(found.parts).to.deep.equal(['multipart/alternative', 'text/plain', 'text/html'])
    return found
  }
  const words = (html: string): string =>
    html
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&nbsp;', ' ')
      .replace(/\s+/g, ' ')

  /** The last evening that a mail names, and the day of it. */
  const dayIn = ({ text }: Read): string =>
    /(?:until|jusqu’au) (?:[A-Z]\w+|[a-zé]+) (\d+(?:er)? \S+ \d{4})/.exec(text)?.[1] ?? 'no day'
  const months =
    'January|janvier,February|février,March|mars,April|avril,May|mai,June|juin,July|juillet,August|août,September|septembre,October|octobre,November|novembre,December|décembre'
      .split(',')
      .map((names) => names.split('|'))
  const numbered = (text: string): number => {
    const [nr = '', month = '', year = ''] = text.split(' ')
    const at = months.findIndex((names) => names.includes(month))
    return Date.UTC(Number(year), at, parseInt(nr, 10))
  }

  it('says which message it replaces where the terms make the day a later one, and names no earlier day', async () => {
    const files = site(relay.port)
    const policy = (files.policies['inactive-accounts'] ?? '').replace('[30]', '[60, 30, 7]')
    await begin({ ...files, policies: { 'inactive-accounts': policy } })
    expect(relay.taken).to.have.length(2)
    const before = [mailTo(1), mailTo(2)]
    for (const mail of before) expect(mail.text).not.to.match(/replaces|remplace/)
    await writeFile(
      join(one.folder, 'policies/inactive-accounts.yml'),
      policy.replace('minimum_notice: 30 days', 'minimum_notice: 51 days'),
    )
    await setSandboxNow(one.database, start + 4 * day)
    await run()
    expect(relay.taken).to.have.length(4)
    const then = [mailTo(1), mailTo(2)]
    for (const [i, mail] of then.entries()) {
      const old = before[i]!
      expect(numbered(dayIn(mail))).to.be.above(numbered(dayIn(old)))
      const sent = Date.parse(old.date.slice(0, 10))
      // As the mail program of the person shows the earlier one: its day is in its head.
      const said =
        /(?:our message of|notre message du) (\d+(?:er)? \S+ \d{4}), (?:which named|qui annonçait le) (\d+(?:er)? \S+ \d{4})/
      for (const text of [mail.text, words(mail.html)]) {
        const [, day1 = '', day2 = ''] = said.exec(text) ?? []
        expect([numbered(day1), numbered(day2)], text).to.deep.equal([sent, numbered(dayIn(old))])
        expect(text).to.match(/replaces our message|remplace notre message/)
      }
      expect(mail.headers.filter(([name]) => name.toLowerCase() === 'message-id')).not.to.deep.equal(
        old.headers.filter(([name]) => name.toLowerCase() === 'message-id'),
      )
    }
    // Later mails of the ladder keep to the new day, and the erasure is not before it.
    const named = then.map(dayIn)
    for (const days of [11, 18, 25, 32, 39, 46, 53, 60]) {
      await setSandboxNow(one.database, start + days * day)
      await run()
      expect([mailTo(1), mailTo(2)].map(dayIn), `day ${days}`).to.deep.equal(named)
      const left = await one.database.rows({ text: 'SELECT id FROM users', values: [] })
      expect(left).to.have.length(2)
      if (Date.UTC(2026, 5, 1 + days + 7) > numbered(named[1]!)) break
    }
  })

  it('that is discreet tells nobody of which site it is, in either language', async () => {
    const discreet =
      'discreet: { name: Account service, url: "https://accounts.example", contact: hello@accounts.example }'
    const files = site(relay.port)
    await begin({
      ...files,
      dataMap: files.dataMap
        .replace('url: https://site.example }', `url: https://site.example, ${discreet} }`)
        .replaceAll('site.example', 'petit-site.example'),
      policies: {
        'inactive-accounts': (files.policies['inactive-accounts'] ?? '').replace(
          '  template: inactivity-warning',
          '$&\n  variant: discreet',
        ),
      },
      mail: { ...files.mail, from: { name: 'Petit Site', address: 'notices@accounts.example' } },
    })
    for (const id of [1, 2]) {
      const mail = mailTo(id)
      const box: Box = ['Account service', 'hello@accounts.example']
      expect([mail.from, mail.replyTo]).to.deep.equal([[box], [box]])
      expect(mail.subject).to.match(/^Account service\s?: /)
      const names = mail.headers.map(([name]) => name.toLowerCase()).sort()
      // No List-*, no name of a program or of a host, no organisation: what a filter or a curious eye would read.
      expect(names).to.deep.equal([
        ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'reply-to'],
        ...['subject', 'to', 'x-auto-response-suppress', 'x-oubli-token'],
      ])
      const head = new Map(mail.headers.map(([name, value]) => [name.toLowerCase(), value]))
      expect(head.get('message-id')).to.match(/^<[0-9a-f]{32}@accounts\.example>$/)
      expect(head.get('x-oubli-token')).to.match(/^[0-9a-f]{32}$/)
      expect(mail.names).to.deep.equal([null, null, null])
      const all = [...mail.headers.flat(), mail.subject, mail.text, mail.html].join('\n')
      // Site, company, officer, person, login, years of the account, and whom an unset sender would name.
      expect(all).not.to.match(/petit|sarl|dpo@|privacy@|zacharie|zelda|2018|2022|notices@/i)
      expect(all.match(/https?:\/\/[^\s"<]+/g)).to.satisfy((urls: string[]) =>
        urls.every((url) => url === 'https://accounts.example'),
      )
      expect(mail.html).not.to.match(/<img|<link|src=|url\(/)
    }
    expect(relay.commands.filter((line) => /petit/i.test(line))).to.deep.equal([])
  })
})
