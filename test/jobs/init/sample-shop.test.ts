/** The sample shop, of which we know what a person wrote. */
import { expect } from 'chai'
import { sampleShopTables } from '../../../db/sample-shop/schema.ts'
import { seedSampleShop } from '../../../db/sample-shop/seed.ts'
import { eachDatabase } from '../../databases.ts'
import { monday } from '../../cli/lab.ts'
import { lintSampleShop } from '../../policies/sample-shop/read-sample-shop.ts'
import { openSite, type Site } from './site.ts'

eachDatabase('init on the sample shop', (open) => {
  let site: Site
  before(async () => {
    const database = await open()
    for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
    await seedSampleShop(database, { now: monday, people: 60 })
    site = await openSite(database)
  })
  after(() => site.close())

  it('finds every table that its hand-written map has, and its people', async () => {
    const said = await site.oubli('init', '--from-db', '--lang', 'fr', '--json')
    expect(said.exit, said.err).to.equal(0)
    const proposed = JSON.parse(said.out) as {
      readonly kinds: readonly { readonly table: string; readonly person: boolean }[]
      readonly unsure: readonly string[]
    }
    const written = Object.values(lintSampleShop().dataMap?.kinds ?? {})
    const tables = new Set(proposed.kinds.map(({ table }) => table))
    expect(written.filter(({ table }) => !tables.has(table)).map(({ table }) => table)).to.deep.equal([])
    const people = proposed.kinds.filter(({ person }) => person).map(({ table }) => table)
    expect(people.sort()).to.deep.equal(['prospects', 'users'])
    expect(proposed.unsure).to.deep.equal(['products'])
  })

  it('writes a map in French comments that lint takes and a plan can be made of', async () => {
    const linted = await site.oubli('lint')
    expect(linted.exit, linted.out).to.equal(0)
    expect((await site.files()).get('data-map.yml')).to.include('# adresses électroniques')
    expect((await site.oubli('migrate')).exit).to.equal(0)
    const said = await site.oubli('plan', '--json')
    expect(said.exit, said.out).to.equal(0)
  })
})
