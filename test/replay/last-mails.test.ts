/** Mails after an erasure that wait when somebody replays: only those of a restored backup are in doubt. */
import { expect } from 'chai'
import { insertLastMails, type LastMail } from '../../db/own/last-mails.ts'
import { eachDatabase } from '../databases.ts'
import type { Installation } from '../engine/installation.ts'
import { killAt, later, leavesOf, verified } from '../engine/kill.ts'
import { replayed, sameSite } from './replayed.ts'
import { done } from './restored-site.ts'

const terms = 'c'.repeat(64)
const backupDay = Date.parse('2026-06-02T10:00:00Z')

function lastMail(n: number): LastMail {
  const id = (0xabc000 + n).toString(16).padStart(32, '0')
  return {
    ...{ id, token: id, messageId: `<${id}@site.example>`, termsHash: terms, policy: 'inactive-accounts' },
    ...{ address: `gone${n}@mail.example`, message: Buffer.from(`hello ${n}\r\n`) },
    ...{ now: backupDay, notBefore: backupDay, giveUpAt: backupDay + 90 * 86_400_000 },
  }
}

async function queue({ database }: Installation, ...mails: readonly LastMail[]): Promise<void> {
  const outcome = await database.transaction((tx) => insertLastMails(tx, mails))
  if (outcome.state !== 'committed') throw outcome.error
}

async function waiting({ database }: Installation): Promise<number> {
  return (await database.rows({ text: "SELECT id FROM oubli_outbox WHERE kind = ''", values: [] })).length
}

async function endings({ database }: Installation) {
  const leaves = (await leavesOf(database)).filter(({ kind }) => kind === 'telling.ended')
  return leaves.map(({ policy, how, count }) => ({ policy, how, count }))
}

const ended = (count: string) => ({ policy: { id: 'inactive-accounts', terms }, how: 'abandoned', count })

eachDatabase('mails after an erasure that wait when somebody replays', (open) => {
  const same = sameSite(open)

  it('go unsent where a backup was restored, and are counted, shown and proved', async () => {
    const { one } = same.past
    await queue(one, lastMail(1), lastMail(2))
    const look = await replayed(one)
    expect([look.last_mails_not_sent, await waiting(one)]).to.deep.equal([2, 2])
    expect((await one.oubli(['replay'])).text).to.match(
      /^2 mails after an erasure that waited in the backup are not sent: /m,
    )
    const said = await one.oubli(['replay', '--confirm', '--lang', 'fr'])
    expect(said.exit, said.text).to.equal(0)
    expect(said.text).to.match(/^2 courriels d’après un effacement .* ne sont pas envoyés/m)
    expect(await waiting(one)).to.equal(0)
    expect(await endings(one)).to.deep.equal([ended('2')])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('are counted once, however often the replay is killed', async () => {
    const { one } = same.past
    await queue(one, lastMail(1), lastMail(2))
    expect(await killAt(one, { point: 'mails remembered' }, ['replay', '--confirm'])).to.equal('SIGKILL')
    expect(await waiting(one)).to.equal(2)
    const blow = { point: 'last mails ended', ahead: later() } as const
    expect(await killAt(one, blow, ['replay', '--confirm'])).to.equal('SIGKILL')
    expect(await waiting(one)).to.equal(0)
    const told = await replayed(one, ['--confirm'], { clock: () => Date.now() + later(2) })
    expect([told.exit, told.last_mails_not_sent, await waiting(one)]).to.deep.equal([0, 2, 0])
    expect(await endings(one)).to.deep.equal([ended('2')])
  })

  it('stay where none was, whatever else there is to do', async () => {
    const { one } = same.past
    const held = await one.oubli([
      ...['hold', 'add', 'prospect', '201', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01', '--json'],
    ])
    expect((await replayed(one, ['--confirm'])).exit).to.equal(3)
    const { hold } = JSON.parse(held.out) as { hold: string }
    await done(one, 'hold', 'release', hold, '--by', 'DPO')
    await queue(one, lastMail(1), lastMail(2))
    expect((await replayed(one)).last_mails_not_sent).to.equal(0)
    const again = await replayed(one, ['--confirm'])
    expect([again.exit, again.older, again.going, again.last_mails_not_sent]).to.deep.equal([0, null, 1, 0])
    expect(await waiting(one)).to.equal(2)
    expect(await endings(one)).to.deep.equal([])
  })
})
