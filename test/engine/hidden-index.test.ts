/** A foreign key to a column whose index no statement may use: gaps hold back who comes back meanwhile. */
import { expect } from 'chai'
import type { Point } from '../../base/point.ts'
import { unguardedSteps } from '../../plan/read-last.ts'
import { databaseUrlSettings, eachServer, openOn } from '../databases.ts'
import { answeredOrWaiting, createLab, due, fresh, sql } from './lab.ts'
import { fill, rowsOf, shopOf } from './shop.ts'

eachServer('a foreign key whose index is hidden', (open) => {
  for (const barrier of ['locked', 'children locked', 're-checked', 'before commit'] as const)
    it(`at "${barrier}", a new child: whole kept or whole gone`, async () => {
      const database = await open()
      const hide = database.dialect.name === 'mariadb' ? 'IGNORED' : 'INVISIBLE'
      const shop = shopOf('coded')
      const tables = [
        ...shop.tables,
        'ALTER TABLE users ADD UNIQUE INDEX users_code_again (code)',
        `ALTER TABLE users ALTER INDEX users_code ${hide}`,
      ]
      const lab = await createLab(database, { ...shop, tables })
      const steps = unguardedSteps(lab.policy()).map(({ name }) => name)
      expect(steps).to.have.members(['session', 'login', 'order'])
      await fill(database, [7, 8])
      const site = await openOn(databaseUrlSettings(database).settings)
      const came: Promise<boolean>[] = []
      let over = false
      lab.point = async (point: Point) => {
        if (point !== barrier || came.length > 0) return
        const told = sql(site, 'INSERT INTO sessions (id, user_id, used_at) VALUES (79, 7, ?)', fresh).then(
          () => !over,
          () => false,
        )
        came.push(told)
        await answeredOrWaiting(database, told)
        over = true
      }
      await lab.run()
      expect(came, 'the barrier was reached').to.have.length(1)
      const [before] = await Promise.all(came)
      const { users, sessions } = await rowsOf(database, 7)
      if (before === true) expect([users, sessions]).to.deep.equal([['7'], ['70', '71', '79']])
      else expect(users).to.deep.equal(sessions?.length === 0 ? [] : ['7'])
      expect((await rowsOf(database, 8))['users']).to.deep.equal([])
      await sql(site, 'DELETE FROM users WHERE seen_at = ?', due)
      await site.close()
    })
})
