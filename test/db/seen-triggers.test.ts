/** Servers that are not at hand: what they would be asked, and what follows from their answers. */
import { expect } from 'chai'
import { mysqlDialect } from '../../db/mysql-dialect.ts'
import { triggerSight } from '../../db/seen-triggers.ts'
import type { Database, Row, Statement } from '../../db/session.ts'

async function sight(name: 'mysql' | 'mariadb', nullable: string, held: readonly Row[] = []) {
  const asked: Statement[] = []
  const database = {
    dialect: mysqlDialect(name),
    rows: (statement: Statement): Promise<readonly Row[]> => {
      asked.push(statement)
      if (statement.text.includes('CURRENT_USER')) return Promise.resolve([{ account: 'a@b@10.0.0.%' }])
      return Promise.resolve(statement.text.includes('is_nullable') ? [{ nullable }] : held)
    },
  } as unknown as Database
  const sees = await triggerSight(database)
  return { sees, values: [...new Set(asked.at(-1)?.values)] }
}

describe('the triggers that an account may see', () => {
  const account = "'a@b'@'10.0.0.%'"

  it('are asked for by the right to make them, and where the server shows them to writers by theirs', async () => {
    expect((await sight('mysql', 'YES')).values).to.deep.equal([account, 'TRIGGER'])
    expect((await sight('mariadb', 'NO')).values).to.deep.equal([account, 'TRIGGER'])
    expect((await sight('mariadb', 'YES')).values).to.deep.equal([
      ...[account, 'TRIGGER', 'INSERT', 'UPDATE', 'DELETE'],
    ])
  })

  it('are those of the server, of a schema, or of a table', async () => {
    const shown = async (...held: readonly Row[]): Promise<readonly boolean[]> => {
      const { sees } = await sight('mysql', 'NO', held)
      return [sees('my_shop', 'users'), sees('my_shop', 'orders'), sees('myxshop', 'users')]
    }
    expect(await shown()).to.deep.equal([false, false, false])
    expect(await shown({ owner: null, tab: null })).to.deep.equal([true, true, true])
    expect(await shown({ owner: String.raw`my\_shop`, tab: null })).to.deep.equal([true, true, false])
    expect(await shown({ owner: 'my_shop', tab: null })).to.deep.equal([true, true, false])
    expect(await shown({ owner: 'my_shop', tab: 'users' })).to.deep.equal([true, false, false])
  })
})
