import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { openDatabase } from '../../db/connect.ts'
import { inspectSchema } from '../../db/inspect.ts'
import { sampleShopTables } from '../../db/sample-shop/schema.ts'
import { compilePlan, type Compiled } from '../../plan/compile.ts'
import { renderPlanProblem } from '../../plan/problem-texts.ts'
import { lint } from '../../policies/lint.ts'

describe('the sample shop on a live schema', () => {
  const folder = join(packageRoot(), 'policies', 'sample-shop')
  let place = ''
  let compiled: Compiled
  let count = 0

  before(async () => {
    place = mkdtempSync(join(tmpdir(), 'oubli-plan-'))
    const database = await openDatabase({ client: 'sqlite', file: join(place, 'shop.db') })
    for (const text of sampleShopTables(database.dialect)) await database.run({ text, values: [] })
    const schema = await inspectSchema(database)
    await database.close()
    const read = (name: string) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') })
    const names = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== 'data-map.yml')
    const { dataMap, policies } = lint({ dataMap: read('data-map.yml'), policies: names.map(read) })
    if (dataMap === null) throw new Error('the sample data map does not read')
    count = policies.length
    compiled = compilePlan({ policies, dataMap, schema, templatesHash: 't', majorVersion: '0' })
  })

  after(() => {
    rmSync(place, { recursive: true })
  })

  it('has no problem, no gap, and every policy in the plan', () => {
    expect(compiled.problems.map((problem) => renderPlanProblem(problem, 'en'))).to.deep.equal([])
    expect(compiled.gaps).to.deep.equal([])
    expect(compiled.plan.policies).to.have.length(count)
    expect(count).to.be.greaterThan(9)
  })

  it('lets an account leave in an order that every foreign key accepts', () => {
    const inactive = compiled.plan.policies.find((one) => one.policy.id === 'inactive-accounts')
    const names = inactive?.steps.map((step) => `${step.then.act} ${step.name}`) ?? []
    expect(names[0]).to.equal('detach account.referred_by')
    expect(names.indexOf('erase ticket_message')).to.be.lessThan(names.indexOf('erase ticket'))
    expect(names).to.include.members(['archive invoice', 'detach order', 'anonymise review', 'erase profile'])
    expect(inactive?.rereadLast.map((source) => source.clock.column)).to.deep.equal(['seen_at'])
  })
})
