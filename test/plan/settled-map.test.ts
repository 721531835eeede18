import { expect } from 'chai'
import { inSqlite } from '../../plan/index-need.ts'
import { renderPlanProblem, planProblemTexts } from '../../plan/problem-texts.ts'
import {
  account,
  at,
  codes,
  compile,
  event,
  kind,
  mapOf,
  onlyPolicy,
  schemaOf,
  users,
} from './site-builder.ts'

describe('the map in front of the schema', () => {
  const refusals = (spec: Partial<typeof users> & object, more: Parameters<typeof kind>[2] = {}) =>
    codes(compile(schemaOf({ users: { ...users, ...spec } }), mapOf([{ ...account, ...more }])))

  it('suggests the table and the column that was meant', () => {
    const table = compile(schemaOf({ users }), mapOf([{ ...account, table: 'usres' }]))
    expect(table.problems[0]).to.include({ code: 'E_UNKNOWN_TABLE', table: 'usres', policy: null })
    expect(table.problems[0]?.params.near).to.equal('users')
    const column = compile(schemaOf({ users }), mapOf([{ ...account, except: { statsu: ['x'] } }]))
    expect(column.problems[0]).to.include({ code: 'E_UNKNOWN_COLUMN', column: 'statsu' })
    expect(column.problems[0]?.params.near).to.equal('status')
    expect(column.plan.policies).to.deep.equal([])
  })

  it('says of a table of another schema what may keep it from being seen, and that SQLite has none', () => {
    const [problem] = compile(schemaOf({ users }), mapOf([{ ...account, table: 'archive.users' }])).problems
    expect(problem).to.deep.include({ code: 'E_UNKNOWN_TABLE', params: { near: '', schema: 'archive' } })
    expect(renderPlanProblem(problem!, 'en')).to.match(/stand without "archive\."; .* such as REFERENCES\.$/)
    expect(renderPlanProblem(problem!, 'fr')).to.match(/s’écrit sans « archive\. » ; .* comme REFERENCES\.$/)
    const there = inSqlite(problem!)
    expect(there).to.include({ code: 'E_NO_SCHEMAS', table: 'archive.users', refuses: true })
    expect(renderPlanProblem(there, 'en')).to.match(/SQLite has no other schemas, so "archive\.users"/)
    const [own] = compile(schemaOf({ users }), mapOf([{ ...account, table: 'usres' }])).problems
    expect(inSqlite(own!)).to.equal(own)
  })

  it('refuses tables without a primary key and tables that cannot roll back, by name', () => {
    expect(refusals({ primaryKey: [], unique: ['id'] })).to.include('E_NO_PRIMARY_KEY')
    const compiled = compile(schemaOf({ users: { ...users, transactional: false } }), mapOf([account]))
    const [problem] = compiled.problems
    expect(problem).to.include({ code: 'E_NO_ROLLBACK', table: 'users', refuses: true })
    expect(compiled.plan.policies).to.deep.equal([])
    expect(renderPlanProblem(problem!, 'en')).to.contain('"users"')
  })

  it('refuses a table that keeps what is deleted from it', () => {
    const compiled = compile(schemaOf({ users: { ...users, versioned: true } }), mapOf([account]))
    const [problem] = compiled.problems
    expect(problem).to.include({ code: 'E_VERSIONED', table: 'users', refuses: true })
    expect(compiled.plan.policies).to.deep.equal([])
    for (const lang of ['en', 'fr'] as const)
      expect(renderPlanProblem(problem!, lang)).to.contain('`ALTER TABLE users DROP SYSTEM VERSIONING`')
  })

  it('refuses a key that two rows can share', () => {
    expect(refusals({}, { key: ['status'] })).to.include('E_KEY_NOT_UNIQUE')
    expect(refusals({ unique: ['email', 'seen_at'] }, { key: ['seen_at'] }), 'NULLs repeat').to.include(
      'E_KEY_NOT_UNIQUE',
    )
    expect(refusals({}, { key: ['email'] })).to.deep.equal([])
    expect(refusals({ primaryKey: ['id', 'status'] }), 'half of a key').to.include('E_KEY_NOT_UNIQUE')
    expect(refusals({ primaryKey: ['id', 'status'] }, { key: ['id', 'status'] })).to.deep.equal([])
  })

  it('refuses an unindexed clock on a large table or one of unknown size, and warns on a small one', () => {
    const large = compile(schemaOf({ users: { ...users, indexes: [], roughRows: 10_001 } }), mapOf([account]))
    expect(codes(large)).to.deep.equal(['E_INDEX_MISSING'])
    expect(large.problems[0]?.params.sql).to.equal(
      'CREATE INDEX `oubli_users_seen_at` ON `users` (`seen_at`) ALGORITHM=INPLACE LOCK=NONE',
    )
    expect(refusals({ indexes: [], roughRows: null })).to.deep.equal(['E_INDEX_MISSING'])
    const small = compile(schemaOf({ users: { ...users, indexes: [], roughRows: 10_000 } }), mapOf([account]))
    expect(codes(small)).to.deep.equal(['W_INDEX_MISSING'])
    expect(small.plan.policies).to.have.length(1)
    expect(refusals({ indexes: ['status,seen_at'] }), 'status is not compared').to.deep.equal([
      'E_INDEX_MISSING',
    ])
  })

  it('asks for another type, not for an index, where a server indexes no column of that type whole', () => {
    const map = mapOf([{ ...account, events: { seen: event([at('seen_at', { format: 'iso text' })]) } }])
    const found = (type: string, roughRows: number) => {
      const columns = { ...users.columns, seen_at: type }
      return compile(schemaOf({ users: { ...users, columns, indexes: [], roughRows } }), map)
    }
    expect(codes(found('text(16383) null', 20_000))).to.deep.equal(['E_INDEX_TEXT'])
    expect(codes(found('text(16383) null', 200))).to.deep.equal(['W_INDEX_TEXT'])
    expect(codes(found('text null', 20_000)), 'SQLite').to.deep.equal(['E_INDEX_MISSING'])
    expect(codes(found('varchar(40) null', 20_000))).to.deep.equal(['E_INDEX_MISSING'])
  })

  it('says partitions and triggers without refusing', () => {
    const compiled = compile(
      schemaOf({ users: { ...users, partitioned: true, triggers: ['t'] } }),
      mapOf([account]),
    )
    expect(codes(compiled)).to.deep.equal(['W_PARTITIONED', 'W_TRIGGERS'])
    expect(compiled.plan.policies).to.have.length(1)
  })

  it('reads the link from the single foreign key, and asks when there is none or several', () => {
    const of = (keys: readonly string[], link: Parameters<typeof kind>[2] = {}) =>
      compile(
        schemaOf({ users, notes: { columns: { id: 'int', a: 'int', b: 'int' }, keys, indexes: ['a'] } }),
        mapOf([account, kind('note', 'notes', { of: 'account', ...link })]),
      )
    expect(codes(of(['a -> users.id']))).to.deep.equal([])
    expect(codes(of([]))).to.deep.equal(['E_NO_FOREIGN_KEY', 'E_BROKEN_KIND'])
    const several = of(['a -> users.id', 'b -> users.id'])
    expect(codes(several)).to.include('E_AMBIGUOUS_LINK')
    expect(several.problems[0]?.params.stub).to.contain('link: { a: id }')
    const declared = onlyPolicy(of([], { link: { columns: { a: 'id' }, where: {} } }))
    expect(declared.steps[0]?.join.enforced).to.equal(false)
  })

  it('refuses a link between unlike types, and one that several parents share', () => {
    const of = (columns: Readonly<Record<string, string>>) =>
      codes(
        compile(
          schemaOf({ users, notes: { columns: { id: 'int', a: 'varchar(9)' }, indexes: ['a'] } }),
          mapOf([account, kind('note', 'notes', { of: 'account', link: { columns, where: {} } })]),
        ),
      )
    expect(of({ a: 'id' })).to.include('E_LINK_TYPES')
    expect(of({ a: 'status' })).to.include('E_LINK_NOT_UNIQUE')
    expect(of({ a: 'email' })).to.deep.equal([])
  })

  it('has a sentence in both languages for every code, and fills it', () => {
    for (const [code, text] of Object.entries(planProblemTexts)) {
      expect(text.en, code).to.not.equal(text.fr)
      expect(text.severity, code).to.equal(code.startsWith('E_') ? 'error' : 'warning')
    }
    const compiled = compile(schemaOf({ users }), mapOf([{ ...account, table: 'usres' }]))
    expect(renderPlanProblem(compiled.problems[0]!, 'fr')).to.equal(
      'carte des données, usres  E_UNKNOWN_TABLE  La base n’a pas de table « usres ». Vouliez-vous dire « users » ?',
    )
  })
})
