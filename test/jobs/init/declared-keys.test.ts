/** Foreign keys beside the tree: who worked on a row, a second person, a way back, a person who belongs to another. */
import { expect } from 'chai'
import { eachDatabase } from '../../databases.ts'
import { insert, openSite, type Site } from './site.ts'

const tables = [
  'CREATE TABLE companies (id INT NOT NULL PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, phone VARCHAR(30), ' +
    'created_at DATETIME NOT NULL)',
  'CREATE TABLE users (id INT NOT NULL PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, password VARCHAR(60) NOT NULL, ' +
    'created_at DATETIME NOT NULL, last_login DATETIME NULL, company_id INT NULL, ' +
    'FOREIGN KEY (company_id) REFERENCES companies (id))',
  'CREATE TABLE addresses (id INT NOT NULL PRIMARY KEY, user_id INT NOT NULL, street VARCHAR(80), ' +
    'FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE TABLE messages (id INT NOT NULL PRIMARY KEY, sender_id INT NOT NULL, recipient_id INT NULL, body TEXT, ' +
    'FOREIGN KEY (sender_id) REFERENCES users (id), FOREIGN KEY (recipient_id) REFERENCES users (id))',
  'CREATE TABLE products (id INT NOT NULL PRIMARY KEY, name VARCHAR(80), updated_by INT NULL, ' +
    'FOREIGN KEY (updated_by) REFERENCES users (id))',
  'CREATE TABLE product_photos (id INT NOT NULL PRIMARY KEY, product_id INT NOT NULL, file_name VARCHAR(80), ' +
    'FOREIGN KEY (product_id) REFERENCES products (id))',
  'CREATE INDEX u_login ON users (last_login)',
  'CREATE INDEX u_created ON users (created_at)',
  'CREATE INDEX u_company ON users (company_id)',
  'CREATE INDEX c_created ON companies (created_at)',
  'CREATE INDEX a_user ON addresses (user_id)',
  'CREATE INDEX m_sender ON messages (sender_id)',
  'CREATE INDEX m_recipient ON messages (recipient_id)',
  'CREATE INDEX p_updated ON products (updated_by)',
]

eachDatabase('init where many foreign keys lead to people', (open) => {
  let site: Site
  before(async () => {
    const database = await open()
    for (const text of tables) await database.run({ text, values: [] })
    await insert(database, 'companies', { id: 1, email: 'a@b.example', created_at: '2020-01-01 00:00:00' })
    site = await openSite(database)
    expect((await site.oubli('init', '--from-db')).exit).to.equal(0)
  })
  after(() => site.close())

  it('empties what leads to a person from rows that stay, and takes nothing else along', async () => {
    const policy = (await site.files()).get('inactive-user.yml') ?? ''
    expect(policy).to.include(
      'but:\n  message.recipient_id: detach # todo\n  product.updated_by: detach # todo\n',
    )
    const map = (await site.files()).get('data-map.yml') ?? ''
    expect(map).to.match(
      / {2}product:\n(?: {4}#.*\n)* {4}table: products\n {4}key: id\n {4}# {3}products\.updated_by: todo/,
    )
    expect(map).not.to.include('table: product_photos')
    expect((await site.files()).get('company.yml')).to.include('but:\n  user.company_id: detach # todo\n')
  })

  it('is a map of which a plan can be made as it stands', async () => {
    expect((await site.oubli('migrate')).exit).to.equal(0)
    const linted = await site.oubli('lint')
    expect(linted.exit, linted.out).to.equal(0)
    const said = await site.oubli('plan', '--json')
    const plan = JSON.parse(said.out) as { readonly policies: readonly unknown[]; readonly problems: unknown }
    expect([said.exit, plan.policies.length], JSON.stringify(plan.problems)).to.deep.equal([0, 2])
  })

  it('never writes over a file, and says which it left', async () => {
    const said = await site.oubli('init', '--from-db', '--to', 'policies/../proposed', '--json')
    const first = JSON.parse(said.out) as { readonly written: readonly string[] }
    expect(first.written).to.have.length(3)
    await site.remove('proposed/data-map.yml')
    const again = JSON.parse((await site.oubli('init', '--from-db', '--to', 'proposed', '--json')).out) as {
      readonly written: readonly string[]
      readonly left: readonly string[]
    }
    expect([again.written.length, again.left.length]).to.deep.equal([1, 2])
  })

  it('refuses to go on from a map that it cannot read, and from an empty database', async () => {
    await site.correct('data-map.yml', 'zone: Europe/Paris', 'zone: Mars')
    const broken = await site.oubli('init', '--from-db')
    expect([broken.exit, broken.err.split(' ')[0]]).to.deep.equal([2, 'E_POLICIES'])
    const empty = await openSite(await open())
    const none = await empty.oubli('init', '--from-db')
    expect([none.exit, none.err.split(' ')[0]]).to.deep.equal([2, 'E_NO_TABLES'])
    await empty.close()
  })
})
