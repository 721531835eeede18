/** `oubli init --from-db` on sites that nobody here designed: what it finds, what a person still has to correct. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../../config/files.ts'
import { inspectSchema } from '../../../db/inspect.ts'
import type { DataMap } from '../../../policies/data-map.ts'
import { eachDatabase } from '../../databases.ts'
import { strategyText } from '../../../plan/draft/yaml-line.ts'
import { parseDataMap } from '../../../policies/parse-data-map.ts'
import { personalOf } from './foreign-personal.ts'
import { foreignSites, type ForeignSite } from './foreign-sites.ts'
import { build, insert, openSite, type Site } from './site.ts'

interface Proposed {
  readonly kinds: readonly { readonly name: string; readonly table: string; readonly person: boolean }[]
  readonly columns: readonly string[]
  readonly policies: readonly string[]
  readonly unmapped: readonly string[]
  readonly unsure: readonly string[]
  readonly written: readonly string[]
  readonly left: readonly string[]
}

interface Expected {
  readonly site: ForeignSite
  readonly people: readonly string[]
  /** Tables that hold something about people, apart from those. */
  readonly aboutPeople: readonly string[]
  /** All others, so that no table of the site is in no list. */
  readonly impersonal: readonly string[]
  /** File in `intended/`: the map as somebody writes it who knows the site, without a remark. */
  readonly intended: string
  readonly personal: (typeof personalOf)['forum']
  readonly policies: readonly string[]
  /** Some of what the map says. */
  readonly lines: readonly string[]
  /** What a person changes before the plan says what the site means: file, text, new text. */
  readonly corrections: readonly (readonly [file: string, from: string, to: string])[]
}

const expected: readonly Expected[] = [
  {
    site: foreignSites.forum,
    personal: personalOf.forum,
    people: ['membres'],
    aboutPeople: ['messages_prives', 'reponses', 'sujets', 'visites'],
    impersonal: ['rubriques'],
    intended: 'forum.yml',
    policies: ['inactive-membre', 'visite'],
    lines: [
      '{ column: derniere_connexion, format: epoch seconds, never: [null, "0"] }',
      'else: { column: inscrit_le, format: epoch seconds }',
      'link: { id_sender: membre_no }',
      'id_recipient: null # todo: another person?',
      '#   membres.parrain_no: todo, names another person (membre)',
      'ip: truncated_ip # IP addresses',
      'remote_addr: truncated_ip # IP addresses',
      'ddn: year # todo: births?',
      'annee_naissance: { bucketed: 10 } # years of birth',
      'age: { bucketed: 5 } # ages',
      'code_postal: { generalised: 2 } # postcodes',
      'cp: { bucketed: 1000 } # postcodes',
      'annee_naissance, age, code_postal, cp: a part stays',
      'texte: blank # todo: free text?',
    ],
    // The one column of dates was written in local time.
    corrections: [['data-map.yml', 'stored_in: UTC', 'stored_in: Europe/Paris']],
  },
  {
    site: foreignSites.blog,
    personal: personalOf.blog,
    people: ['wp_newsletter', 'wp_users'],
    aboutPeople: ['wp_comments', 'wp_posts', 'wp_usermeta'],
    impersonal: ['wp_options', 'wp_terms'],
    intended: 'blog.yml',
    policies: ['inactive-user', 'newsletter'],
    lines: [
      'latest_of:\n          - user_registered\n          - { column: wp_usermeta.meta_value, where: { meta_key: last_login }, format: epoch seconds }\n',
      'Known names seen:\n    # first_name, description, last_login.',
      'meta_value: blank # values of key-value rows',
      'link: { post_author: ID }',
      'comment_author_IP: truncated_ip # IP addresses',
      'profile is JSON with personal keys: phone.',
      'format: epoch milliseconds',
      '#   wp_options: user_id sounds like wp_users, but only 0 of 14 sampled values are there.',
    ],
    corrections: [],
  },
  {
    site: foreignSites.base,
    personal: personalOf.base,
    people: ['customers', 'subscribers'],
    aboutPeople: ['contracts', 'device_tokens', 'notes', 'old_log'],
    impersonal: ['tariffs', 'tenants'],
    intended: 'base.yml',
    policies: ['inactive-customer', 'subscriber'],
    lines: [
      'key: [tenant, customer_no]',
      'link: { tenant: tenant, customer_no: customer_no }',
      'link: { columns: { tenant: tenant, subject_id: customer_no }, where: { subject_type: Customer } }',
      'link: { columns: { tenant: tenant, subject_id: contract_no }, where: { subject_type: contract } }',
      '- { column: last_seen, format: 14 digits }',
      '- { column: device_tokens.seen_at, format: epoch milliseconds }',
      'else: { column: created_at, format: iso text }',
      'ip: truncated_ip # IP addresses',
      'iban: blank # numbers of accounts, cards or taxes',
      '#   old_log: actor_email, remote_addr. it has no primary key',
    ],
    // Fourteen digits name no zone.
    corrections: [['data-map.yml', 'stored_in: UTC', 'stored_in: Europe/Paris']],
  },
]

function mapFrom(text: string): DataMap | null {
  return parseDataMap({ path: 'data-map.yml', text }).dataMap
}

for (const {
  site: shape,
  people,
  aboutPeople,
  impersonal,
  intended,
  personal,
  policies,
  lines,
  corrections,
} of expected)
  eachDatabase(`init on ${shape.name}`, (open) => {
    // Letters alone: ten digits in a row, as one mark in a hundred had, are a telephone number.
    const mark = `zq${randomBytes(5)
      .toString('hex')
      .replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))}`
    let site: Site
    let proposed: Proposed
    before(async () => {
      const database = await open()
      await build(database, shape, mark)
      site = await openSite(database)
      const said = await site.oubli('init', '--from-db', '--json')
      expect(said.exit, said.err).to.equal(0)
      proposed = JSON.parse(said.out) as Proposed
    })
    after(() => site.close())

    it('misses no table that holds something about people', () => {
      const found = proposed.kinds.filter(({ person }) => person).map(({ table }) => table)
      expect(found.sort()).to.deep.equal([...people].sort())
      const others = [
        ...proposed.kinds.filter(({ person }) => !person).map(({ table }) => table),
        ...proposed.unmapped,
      ]
      expect([...new Set(others)].sort()).to.deep.equal([...aboutPeople].sort())
    })

    it('leaves no table of the site out of the lists of this test, nor a personal one out of the file', async () => {
      const schema = await inspectSchema(site.database)
      expect([...people, ...aboutPeople, ...impersonal].sort()).to.deep.equal([...schema.keys()].sort())
      const text = (await site.files()).get('data-map.yml') ?? ''
      const mapped = new Set(Object.values(mapFrom(text)?.kinds ?? {}).map(({ table }) => table))
      const remarked = [...text.matchAll(/^# {3}(\w+): .*\bit (?:has no|is not)/gm)].map(
        ([, name = '']) => name,
      )
      expect([...mapped, ...remarked].sort()).to.deep.equal([...people, ...aboutPeople].sort())
    })

    it('misses no column that holds something about people, and says what would be written there', async () => {
      const text = (await site.files()).get('data-map.yml') ?? ''
      const { dataMap } = parseDataMap({ path: 'data-map.yml', text })
      const found = Object.values(dataMap?.kinds ?? {}).map(({ name, personal: columns }) => {
        const said = Object.entries(columns).map(([column, one]) => [column, strategyText(one)] as const)
        return [name, Object.fromEntries(said)] as const
      })
      expect(Object.fromEntries(found)).to.deep.equal(personal)
    })

    it('says of each what was seen, in the words of the data map', async () => {
      const map = (await site.files()).get('data-map.yml') ?? ''
      for (const line of lines) expect(map).to.include(line)
    })

    it('writes files that lint and doctor read', async () => {
      const linted = await site.oubli('lint')
      expect([linted.exit, linted.err], linted.out).to.deep.equal([0, ''])
      expect((await site.oubli('migrate')).exit).to.equal(0)
      const said = await site.oubli('doctor', '--json')
      expect(said.exit, said.err).to.be.oneOf([0, 4])
      expect(JSON.parse(said.out)).to.be.an('array')
    })

    it('proposes policies that only observe, and that lint does not let anybody enforce as they are', async () => {
      expect([...proposed.policies].sort()).to.deep.equal([...policies].sort())
      const [name = ''] = proposed.policies
      const file = `${name}.yml`
      await site.correct(file, 'status: observe', 'status: enforce')
      const said = await site.oubli('lint')
      expect([said.exit, said.out.includes('E_ENFORCED_TODO')]).to.deep.equal([2, true])
      // When its words are written, what nobody decided in the map and beside the term still stands.
      expect(said.out).to.match(/data-map\.yml:\d+:\d+ +E_TODO_LEFT/)
      expect(said.out).to.match(new RegExp(`${name}\\.yml:\\d+:\\d+ +E_TODO_LEFT`))
      await site.correct(file, 'status: enforce', 'status: observe')
    })

    it('writes no value of a row anywhere', async () => {
      const again = await site.oubli('init', '--from-db', '--to', 'elsewhere')
      for (const text of [again.out, again.err, JSON.stringify(proposed)]) expect(text).not.to.include(mark)
      for (const [name, text] of await site.files()) expect(text, name).not.to.include(mark)
      expect(await readFile(join(site.folder, 'elsewhere/data-map.yml'), 'utf8')).not.to.include(mark)
    })

    it('is the intended map with these corrections, and without any one of them is not', async () => {
      const proposedText = (await site.files()).get('data-map.yml') ?? ''
      const wanted = mapFrom(await readFile(join(packageRoot(), 'test/jobs/init/intended', intended), 'utf8'))
      expect(wanted, 'the intended map can be read').not.to.equal(null)
      const withAllBut = (left: number): DataMap | null =>
        mapFrom(
          corrections.reduce(
            (text, [, from, to], i) => (i === left ? text : text.replace(from, to)),
            proposedText,
          ),
        )
      expect(withAllBut(-1)).to.deep.equal(wanted)
      for (const [i, [file, from]] of corrections.entries()) {
        expect(file).to.equal('data-map.yml')
        expect(withAllBut(i), `without "${from}"`).not.to.deep.equal(wanted)
      }
    })

    it('needs these corrections and no more, until a plan says what the site means', async () => {
      for (const [file, from, to] of corrections) await site.correct(file, from, to)
      const linted = await site.oubli('lint')
      expect(linted.exit, linted.out).to.equal(0)
      const said = await site.oubli('plan', '--json')
      const plan = JSON.parse(said.out) as {
        readonly policies: readonly unknown[]
        readonly problems: unknown
      }
      expect(said.exit, JSON.stringify(plan.problems)).to.equal(0)
      expect(plan.policies).to.have.length(policies.length)
    })

    it('leaves no value of a row in its own log, down to the last detail', async () => {
      expect((await site.oubli('run')).exit).to.equal(0)
      const log = await readFile(join(site.folder, 'oubli.log'), 'utf8')
      expect(log).to.include('run.finished').and.not.to.include(mark)
    })

    it('proposes nothing when nothing is new, and only what is new otherwise', async () => {
      const before = await site.files()
      const nothing = await site.oubli('init', '--from-db')
      expect([nothing.exit, nothing.out.split('\n').at(-1)]).to.deep.equal([
        0,
        'Nothing new: the data map mentions all that looks personal. Next: `oubli doctor`.',
      ])
      expect(await site.files()).to.deep.equal(before)
      const [table = ''] = people
      const quoted = site.database.dialect.quote(table)
      await site.database.run({ text: `ALTER TABLE ${quoted} ADD birth_city VARCHAR(80) NULL`, values: [] })
      await site.database.run({
        text: 'CREATE TABLE brand_new (id INT NOT NULL PRIMARY KEY, contact_phone VARCHAR(30), created_at DATETIME)',
        values: [],
      })
      await insert(site.database, 'brand_new', {
        id: 1,
        contact_phone: mark,
        created_at: '2020-01-01 00:00:00',
      })
      const said = await site.oubli('init', '--from-db', '--json')
      const { kinds, columns, written } = JSON.parse(said.out) as Proposed
      expect(kinds.map((kind) => kind.table)).to.deep.equal(['brand_new'])
      expect(columns.map((name) => name.split('.')[1])).to.deep.equal(['birth_city'])
      expect(written.map((path) => path.split('/').at(-1))).to.deep.equal(['data-map.additions.txt'])
      const now = await site.files()
      for (const [name, text] of before) expect(now.get(name), name).to.equal(text)
      expect(now.get('data-map.additions.txt')).not.to.include(mark)
      const again = JSON.parse((await site.oubli('init', '--from-db', '--json')).out) as Proposed
      expect([again.written, again.left.length]).to.deep.equal([[], 1])
      expect(await site.oubli('lint')).to.have.property('exit', 0)
    })
  })
