import { expect } from 'chai'
import { createIndex, inSqlite, isServed, needIndex } from '../../plan/index-need.ts'
import { findingsFor, nearTable } from '../../plan/plan-problem.ts'
import { schemaOf, type TableSpec } from './site-builder.ts'

const columns = { id: 'int', a: 'int', b: 'int', x: 'ntext(20)' }

function table(more: Partial<TableSpec> = {}) {
  return schemaOf({ t: { columns, ...more } }).get('t')!
}

describe('an index that serves', () => {
  it('begins with every column that is asked, in any order', () => {
    expect(isServed(table({ indexes: ['a'] }), ['a', 'b'])).to.equal(false)
    expect(isServed(table({ indexes: ['b,a'] }), ['a', 'b'])).to.equal(true)
    expect(isServed(table({ indexes: ['b,a'] }), ['a'])).to.equal(false)
    expect(isServed(table({ indexes: ['b,a'] }), ['a'], ['b'])).to.equal(true)
    expect(isServed(table(), ['id'])).to.equal(true)
  })
})

describe('an index that is missing', () => {
  const told = (asked: readonly string[]) => {
    const findings = findingsFor('p')
    needIndex(findings, table(), asked)
    return findings.problems.map(({ code, column, params }) => ({ code, column, params }))
  }

  it('is named with its columns and its statement', () => {
    expect(told(['a', 'b'])).to.deep.equal([
      { code: 'E_INDEX_MISSING', column: 'a, b', params: { sql: createIndex('t', ['a', 'b']) } },
    ])
    expect(createIndex('t', ['a', 'b'])).to.equal(
      'CREATE INDEX `oubli_t_a_b` ON `t` (`a`, `b`) ALGORITHM=INPLACE LOCK=NONE',
    )
  })

  it('is asked for a type that no server calls endless, and for a column that nobody knows', () => {
    for (const name of ['x', 'nowhere'])
      expect(
        told([name]).map(({ code }) => code),
        name,
      ).to.deep.equal(['E_INDEX_MISSING'])
  })

  it('names a table of another schema, and what has a backtick, as the server reads it', () => {
    const list = 'ALGORITHM=INPLACE LOCK=NONE'
    expect(createIndex('shop.users', ['a'])).to.equal(
      `CREATE INDEX \`oubli_shop_users_a\` ON \`shop\`.\`users\` (\`a\`) ${list}`,
    )
    expect(createIndex('t', ['c`d'])).to.equal(
      `CREATE INDEX \`oubli_t_c\`\`d\` ON \`t\` (\`c\`\`d\`) ${list}`,
    )
  })

  it('keeps a name of 64 signs whole', () => {
    const long = 't'.repeat(56)
    expect(createIndex(long, ['a'])).to.contain(`\`oubli_${long}_a\``)
    expect(createIndex(`${long}t`, ['a'])).not.to.contain(`\`oubli_${long}t_a\``)
  })
})

describe('a problem in SQLite', () => {
  const problem = (code: string, table: string | null, params = {}) => ({
    ...{ code, policy: 'p', table, column: null, params, refuses: true },
  })

  it('says that there are no schemas where a table of one is not there, and asks for an index without options', () => {
    const unknown = problem('E_UNKNOWN_TABLE', 'shop.users', { near: '', schema: 'shop' })
    expect(inSqlite(unknown)).to.deep.equal({ ...unknown, code: 'E_NO_SCHEMAS', params: {} })
    const near = problem('E_UNKNOWN_TABLE', 'user', { near: 'users' })
    expect(inSqlite(near)).to.equal(near)
    const slow = problem('E_INDEX_MISSING', 'odd.name', { sql: createIndex('odd.name', ['a']) })
    expect(inSqlite(slow)).to.deep.equal({
      ...slow,
      params: { sql: 'CREATE INDEX `oubli_odd_name_a` ON `odd`.`name` (`a`)' },
    })
  })

  it('names the schema of a table that is not there, where it has one', () => {
    expect(nearTable('user', ['users'])).to.deep.equal({ near: 'users' })
    expect(nearTable('shop.user', ['shop.users'])).to.deep.equal({ near: 'shop.users', schema: 'shop' })
  })
})
