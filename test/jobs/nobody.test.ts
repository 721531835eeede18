/** Guests beside members: `doctor` counts what no policy reaches, and a policy on these rows takes them. */
import { expect } from 'chai'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { idsIn, smallMap, smallNow, smallPolicy } from './small-site.ts'

const [old, fresh] = ['2015-01-01 08:00:00', '2026-05-01 08:00:00']

const comment = '{ table: comments, key: id, of: member, link: { member_id: id }'
const events = 'events: { written: { column: written_at } }, personal: { name: blank }'

function site(kinds: string, policies: SiteFiles['policies'] = {}): SiteFiles {
  return {
    tables: [
      'CREATE TABLE members (id INTEGER NOT NULL PRIMARY KEY, shop CHAR(4) NOT NULL, nr VARCHAR(8) NOT NULL, email VARCHAR(190) NOT NULL, created_at DATETIME NOT NULL, seen_at DATETIME NULL, UNIQUE (shop, nr))',
      'CREATE INDEX members_seen ON members (seen_at)',
      'CREATE INDEX members_created ON members (created_at)',
      'CREATE TABLE comments (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NULL, name VARCHAR(80) NULL, written_at DATETIME NOT NULL)',
      'CREATE INDEX comments_member ON comments (member_id)',
      'CREATE INDEX comments_written ON comments (written_at)',
      'CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, shop CHAR(4) NULL, nr VARCHAR(8) NULL, ip VARCHAR(45) NULL)',
      'CREATE INDEX visits_member ON visits (shop, nr)',
      'CREATE TABLE files (id INTEGER NOT NULL PRIMARY KEY, owner_type VARCHAR(10) NOT NULL, owner_id INTEGER NOT NULL, name VARCHAR(80) NULL)',
      'CREATE INDEX files_owner ON files (owner_type, owner_id)',
      'CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, member_id INTEGER NULL, name VARCHAR(80) NULL, CONSTRAINT o_member FOREIGN KEY (member_id) REFERENCES members (id))',
      'CREATE INDEX orders_member ON orders (member_id)',
    ],
    dataMap: smallMap(`  member:
    category: prospect
    table: members
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events: { seen: { column: seen_at, else: created_at, slides: by the person } }
    personal: { email: unique_address }
${kinds}
`),
    policies: {
      members: smallPolicy(
        'members',
        `data: member
keep_at_most: 3 years
counted_from: seen
then: erase
per_run: { people: 2000 }
stop_above: { percent: 100 }`,
      ),
      ...policies,
    },
  }
}

/** `exempt`: the data map says of all of them why their link may be empty. */
function others(exempt = false): string {
  const kinds = [
    ['visit', 'visits', 'link: { shop: shop, nr: nr }, personal: { ip: truncated_ip }', 'nr'],
    [
      ...['file', 'files'],
      'link: { columns: { owner_id: id }, where: { owner_type: member } }, personal: { name: blank }',
      'owner_id',
    ],
    ['order', 'orders', 'personal: { name: blank }', 'member_id'],
  ]
  const lines = kinds.map(([name, table, more, link]) => {
    const words = table === 'files' ? ', owner_type: Pictures of products.' : ''
    const said = exempt ? `, exempt: { ${link}: Left by guests.${words} }` : ''
    return `  ${name}: { table: ${table}, key: id, of: member, ${more}${said} }`
  })
  return lines.join('\n')
}

const own = smallPolicy(
  'comments',
  `data: comment
keep_at_most: 3 years
counted_from: written
then: erase
per_run: { rows: 2000 }
stop_above: { percent: 100 }`,
)

eachDatabase('rows that lead to nobody', (open) => {
  let one: Installation | null = null
  afterEach(() => one?.close())

  async function opened(files: SiteFiles): Promise<Installation> {
    one = await install(await open(), files, smallNow)
    const { database } = one
    await insert(
      database,
      'members',
      [1, 2].map((id) => ({
        ...{ id, shop: 'FR01', nr: `C${id}` },
        email: `m${id}@mail.example`,
        created_at: old,
        seen_at: fresh,
      })),
    )
    const comments = [1, null, 0, 2, null, 0].map((member_id, i) => ({
      ...{ id: i + 1, member_id, name: 'Guest' },
      written_at: i < 3 ? old : fresh,
    }))
    await insert(database, 'comments', comments)
    await insert(database, 'visits', [
      { id: 1, shop: 'FR01', nr: 'C1' },
      { id: 2, shop: 'FR01', nr: null },
      { id: 3, shop: '', nr: '' },
    ])
    await insert(database, 'files', [
      { id: 1, owner_type: 'member', owner_id: 0 },
      { id: 2, owner_type: 'product', owner_id: 0 },
      { id: 3, owner_type: 'member', owner_id: 1 },
    ])
    await insert(database, 'orders', [
      { id: 1, member_id: 1 },
      { id: 2, member_id: null },
    ])
    return one
  }

  async function gaps(there: Installation): Promise<readonly string[]> {
    const said = await there.oubli(['doctor', '--json'])
    const checks = JSON.parse(said.out) as readonly { name: string; result: string; text: string }[]
    return checks.filter(({ name }) => name === 'gap').map(({ result, text }) => `${result} ${text}`)
  }

  it('are counted by `doctor`, with what to add', async () => {
    const found = await gaps(await opened(site(`  comment: ${comment}, ${events} }\n${others()}`)))
    expect(found.map((text) => text.split(/ lead to|, so/)[0])).to.have.members([
      'warning files.owner_type: 1 row(s) have a word that no kind names',
      'warning comments.member_id: 4 row(s) of comment',
      'warning visits.shop, nr: 2 row(s) of visit',
      'warning files.owner_id: 1 row(s) of file',
      'warning orders.member_id: 1 row(s) of order',
    ])
    const comments = found.find((text) => text.includes('comments'))
    expect(comments).to.include('no policy of member reaches them')
    expect(comments).to.include('\nkinds:\n  comment:\n    exempt: { member_id: … }')
  })

  it('are counted as well where they are of a word that no kind names', async () => {
    const there = await opened(site(`  comment: ${comment}, ${events} }\n${others()}`, { comments: own }))
    const words = [...Array.from({ length: 1000 }, () => 'product'), 'member', 'Candidate']
    await insert(
      there.database,
      'files',
      words.map((owner_type, i) => ({ id: 10 + i, owner_type, owner_id: 1 })),
    )
    const [found, second] = (await gaps(there)).filter((text) => text.includes('files.owner_type'))
    expect(second).to.equal(undefined)
    expect(found).to.include('files.owner_type: 1000 rows or more have a word that no kind names')
    const [word, files] = ['owner_type', 'files'].map((name) => there.database.dialect.quote(name))
    expect(found).to.include(
      `See which: SELECT ${word ?? ''}, COUNT(*) FROM ${files ?? ''} GROUP BY ${word ?? ''}. Add`,
    )
    expect(found).to.include('\nkinds:\n  file:\n    exempt: { owner_type: … }')
    expect(found).to.not.include('andidate')
  })

  it('are no gap once the data map says why they may stay', async () => {
    const kept = `  comment: ${comment}, ${events}, exempt: { member_id: Guests gave no name. } }\n${others(true)}`
    expect(await gaps(await opened(site(kept)))).to.deep.equal([])
  })

  it('are taken by a policy of their own, beside those of members, and are no gap then', async () => {
    const files = site(`  comment: ${comment}, ${events} }\n${others(true)}`, { comments: own })
    const there = await opened(files)
    expect(await gaps(there)).to.deep.equal([])
    await there.oubli(['run'])
    await there.approve()
    const said = await there.oubli(['run'])
    expect(said.exit, said.text).to.equal(0)
    expect(await idsIn(there.database, 'comments')).to.deep.equal([4, 5, 6])
  })

  it('can be taken alone, where a number and not NULL stands for nobody', async () => {
    const files = site(`  comment: ${comment}, ${events} }\n${others(true)}`, {
      comments: own.replace('then: erase', 'only: { member_id: [0] }\nthen: erase'),
    })
    const there = await opened(files)
    await there.oubli(['run'])
    await there.approve()
    await there.oubli(['run'])
    expect(await idsIn(there.database, 'comments')).to.deep.equal([1, 2, 4, 5, 6])
  })
})
