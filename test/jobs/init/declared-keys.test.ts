/** Foreign keys beside the tree: who worked on a row, a second person, a way back, a person who belongs to another. */
import { expect } from 'chai'
import { eachDatabase } from '../../databases.ts'
import { declaredSite } from './more-sites.ts'
import { build, openSite, type Site } from './site.ts'

eachDatabase('init where many foreign keys lead to people', (open) => {
  let site: Site
  before(async () => {
    const database = await open()
    await build(database, declaredSite, '')
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
