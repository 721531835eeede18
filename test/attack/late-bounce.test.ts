/** A report that a warning came back, while the batch that erases its person is under way. */
import { expect } from 'chai'
import type { Point } from '../../base/point.ts'
import { openDatabase } from '../../db/connect.ts'
import { setWarningsAccepted } from '../../db/own/warnings.ts'
import type { Database } from '../../db/session.ts'
import { recordBounce, type BounceTaken } from '../../mail/bounce.ts'
import { newToken } from '../../mail/outbox.ts'
import { forgetSubject, queueWarning } from '../../mail/warnings.ts'
import type { Warn } from '../../policies/policy.ts'
import { databaseUrlSettings, eachDatabase } from '../databases.ts'
import { answeredOrWaiting, asOf, createLab, due, insert, sql, type Lab } from '../engine/lab.ts'
import { at, event, kind, policy } from '../plan/site-builder.ts'

const day = 86_400_000
const addressHash = 'a'.repeat(64)
const warn: Warn = {
  when: 'at the term',
  daysBefore: [30],
  minimumNoticeDays: 30,
  template: 'inactivity-warning',
  ifUnreachable: 'a person decides',
  noAddress: 'a person decides',
}

/** `loose`: a table without a foreign key makes the batch lock gaps, and read all that it judges as of one moment. */
const sites = {
  loose: 'CREATE TABLE logins (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL)',
  tied: 'CREATE TABLE logins (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, CONSTRAINT l_user FOREIGN KEY (user_id) REFERENCES users (id))',
}

for (const [ties, logins] of Object.entries(sites))
  eachDatabase(`a bounce during the erasing transaction, ${ties} tables`, (open) => {
    let lab: Lab
    let reader: Database
    let token: string

    before(async () => {
      lab = await createLab(await open(), {
        tables: [
          'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190) NOT NULL, seen_at DATETIME NULL)',
          'CREATE INDEX users_seen ON users (seen_at)',
          logins,
          'CREATE INDEX logins_user ON logins (user_id)',
        ],
        kinds: [
          kind('account', 'users', {
            subject: true,
            contact: { email: 'email', name: null, locale: null },
            events: { seen: event([at('seen_at')]) },
          }),
          kind('login', 'logins', {
            of: 'account',
            link: { columns: { user_id: 'id' }, where: {} },
          }),
        ],
        policies: [policy('account', { warn })],
      })
      Object.assign(lab.ports, { readAddress: () => ({ state: 'valid', hash: addressHash }) })
      reader = await openDatabase(databaseUrlSettings(lab.database).settings)
    })
    after(() => reader.close())

    beforeEach(async () => {
      for (const table of ['logins', 'users']) await sql(lab.database, `DELETE FROM ${table} WHERE id > 0`)
      const taken = await lab.database.transaction((tx) => forgetSubject(tx, 'account', ['["7"]']))
      expect(taken.state).to.equal('committed')
      await insert(lab.database, 'users', [{ id: 7, email: 'u7@mail.example', seen_at: due }])
      await insert(lab.database, 'logins', [{ id: 70, user_id: 7 }])
      token = await warned()
    })

    it('that came before the batch keeps the person', async () => {
      expect(await report()).to.equal('recorded')
      await lab.run()
      expect(await lab.rows('users')).to.have.length(1)
    })

    for (const barrier of [
      'locked',
      're-checked',
      'root written',
      'evidence written',
      'before commit',
    ] as const)
      it(`at "${barrier}" is seen by the batch, or finds the person gone`, async () => {
        const said = await runWith(barrier)
        const kept = (await lab.rows('users')).length === 1
        expect(said).to.equal(kept ? 'recorded' : 'ignored')
        expect(await lab.rows('oubli_refusal')).to.have.length(kept ? 1 : 0)
      })

    /** Told four weeks and more ago, to the address of now, in the words of now; the term is over. */
    async function warned(): Promise<string> {
      const { termsHash } = lab.policy()
      const sent = asOf - 40 * day
      const token = newToken()
      const outcome = await lab.database.transaction(async (tx) => {
        const id = await queueWarning(tx, {
          ...{ campaign: 'inactivity', policy: 'p', kind: 'account', keyText: '["7"]', token },
          ...{ messageId: '<m@site.example>', address: 'u7@mail.example', message: Buffer.from('m') },
          ...{ now: sent, notBefore: sent, giveUpAt: sent + 5 * day },
          ...{ cycle: Date.parse(`${due.replace(' ', 'T')}Z`), round: 0, step: 0, addressHash, termsHash },
          announced: asOf - day,
        })
        await tx.run({ text: "UPDATE oubli_outbox SET state = 'accepted' WHERE id = ?", values: [id] })
        await setWarningsAccepted(tx, [id ?? ''], sent)
      })
      if (outcome.state !== 'committed') throw outcome.error
      return token
    }

    function report(): Promise<BounceTaken> {
      const bounce = { token, action: 'failed', status: '5.1.1', recipientHash: addressHash } as const
      return recordBounce(reader, bounce, asOf, () => Promise.resolve())
    }

    async function runWith(barrier: Point): Promise<BounceTaken> {
      const told: Promise<BounceTaken>[] = []
      lab.point = async (point) => {
        if (point !== barrier || told.length > 0) return
        const answer = report()
        told.push(answer)
        await answeredOrWaiting(lab.database, answer)
      }
      const outcome = await lab.run()
      lab.point = () => Promise.resolve()
      expect([outcome.stopped, outcome.setAside]).to.deep.equal(['done', 0])
      const [answer] = told
      if (answer === undefined) throw new Error('the barrier was not reached')
      return await answer
    }
  })
