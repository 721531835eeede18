/** What a replay cannot know it does not do: keys, secrets, clocks, lines and policies that do not fit. */
import { expect } from 'chai'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DepartureLine, LedgerLine } from '../../audit/ledger.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { leavesOf, verified } from '../engine/kill.ts'
import { dumpOf, sql } from '../engine/lab.ts'
import { bringEvidence, replayed, rewriteLedger, sameSite } from './replayed.ts'
import { backUp, done, restore } from './restored-site.ts'

/** Each test throws the same site back to the same backup, with the evidence, the keys and the files of that day. */
eachDatabase('a replay in doubt', (open) => {
  const same = sameSite(open)
  before(async () => {
    for (const name of kept) await cp(at(name), at(`${name}-of-that-day`), { recursive: true })
  })
  beforeEach(async () => {
    for (const name of kept) {
      await rm(at(name), { recursive: true })
      await cp(at(`${name}-of-that-day`), at(name), { recursive: true })
    }
  })

  const kept = ['keys', 'config', 'policies'] as const
  const at = (path: string): string => join(same.past.one.folder, path)
  const ids = async (table: string) => (await dumpOf(same.past.one.database, table)).map(({ id }) => id)
  const names = async (table: string) =>
    Object.fromEntries(
      (await dumpOf(same.past.one.database, table)).map(({ id, name }) => [String(id), name]),
    )
  const policyOf = (told: Awaited<ReturnType<typeof replayed>>, id: string) =>
    told.policies.find(({ policy }) => policy === id)

  async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
    const text = await readFile(at(file), 'utf8')
    expect(text).to.match(new RegExp(from))
    await writeFile(at(file), text.replace(from, to))
  }

  /** Nothing is changed by any of these, and each ends with exit code 4. */
  async function refused(code: string, ...commands: readonly (readonly string[])[]): Promise<string> {
    const before = await backUp(same.past.one.database)
    let text = ''
    for (const argv of commands) {
      const said = await same.past.one.oubli(argv)
      text = said.text
      expect([said.exit, text], argv.join(' ')).to.satisfy(
        ([exit, words]: [number, string]) => exit === 4 && new RegExp(`^${code} `, 'm').test(words),
      )
    }
    expect(await backUp(same.past.one.database)).to.deep.equal(before)
    return text
  }

  it('refuses with another key than the one that signed, as every command that writes does', async () => {
    await rm(at('keys/signing-key'))
    await rm(at('keys/signing-key.verifier'))
    await done(same.past.one, 'migrate')
    const writing = [['run'], ['mail', 'deliver'], ['hold', 'release', 'x', '--by', 'DPO'], ['schedule']]
    await refused('E_CHECKPOINT_UNSIGNED', ...writing, ['replay'], ['replay', '--confirm'])
    for (const argv of [['status'], ['plan'], ['audit', 'verify']])
      expect((await same.past.one.oubli(argv)).text, argv.join(' ')).to.match(/^REFUSED /m)
  })

  it('is not missed by a host that has the verifier key alone, and a host with no key goes on', async () => {
    const { one } = same.past
    const verifier = (await readFile(at('keys/signing-key.verifier'), 'utf8')).trim()
    await rm(at('keys/signing-key'))
    const config = JSON.parse(await readFile(at('config/oubli.yml'), 'utf8')) as { evidence: object }
    const withKey = { ...config, evidence: { ...config.evidence, verifier_key: verifier } }
    await writeFile(at('config/oubli.yml'), JSON.stringify(withKey))
    await refused('E_DATABASE_OLDER', ['mail', 'deliver'])
    await writeFile(at('config/oubli.yml'), JSON.stringify(config))
    await restore(one.database, same.evidence.database)
    expect(await done(one, 'mail', 'deliver')).to.match(/evidence\.not-compared/)
  })

  it('refuses with another secret than the one of the ledger', async () => {
    await rm(at('keys/secret'))
    await done(same.past.one, 'migrate')
    await refused('E_ANOTHER_SECRET', ['replay'], ['replay', '--confirm'])
    await restore(same.past.one.database, same.evidence.database)
    await refused('E_ANOTHER_SECRET', ['run'], ['mail', 'deliver'])
  })

  it('refuses a clock that is far from the log, until a person has accepted it', async () => {
    const { one } = same.past
    try {
      await setSandboxNow(one.database, Date.parse('2026-07-01T10:00:00Z'))
      await refused('E_CLOCK', ['replay', '--confirm'], ['replay', '--confirm', '--accept-clock-gap'])
      await setSandboxNow(one.database, Date.parse('2026-09-15T10:00:00Z'))
      expect(await refused('E_CLOCK', ['replay', '--confirm'])).to.match(
        /70 day\(s\) ahead of the newest entry/,
      )
      expect((await replayed(one, ['--confirm', '--accept-clock-gap'])).exit).to.equal(0)
      const accepted = (await leavesOf(one.database)).filter(({ kind }) => kind === 'clock.accepted')
      expect(accepted.map(({ previous, as_of }) => [previous, as_of])).to.deep.equal([
        ['2026-07-07T10:00:00.000Z', '2026-09-15T10:00:00.000Z'],
      ])
      expect(await verified(one)).to.match(/^VERIFIED/m)
    } finally {
      await setSandboxNow(one.database, Date.parse('2026-07-07T10:00:00Z'))
    }
  })

  it('counts whom it did not find among those who went since the backup', async () => {
    const { one } = same.past
    await sql(one.database, 'DELETE FROM clicks WHERE prospect_id = 202')
    await sql(one.database, 'DELETE FROM prospects WHERE id = 202')
    expect((await replayed(one)).not_found).to.equal(1)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.not_found]).to.deep.equal([0, 1])
    expect((await replayed(one)).not_found, 'all is in the log now').to.equal(0)
  })

  it('refuses to confirm while a kind of people cannot be read, and names it', async () => {
    await edit('policies/data-map.yml', 'table: prospects', 'table: prospectz')
    const told = await replayed(same.past.one)
    expect([told.exit, told.lost_kinds]).to.deep.equal([
      0,
      [{ kind: 'prospect', people: 2, why: 'E_UNKNOWN_TABLE' }],
    ])
    await edit('policies/data-map.yml', / {2}member:[^]*$/, '')
    for (const name of ['coarse', 'gone']) await rm(at(`policies/members-${name}.yml`))
    const text = await refused('E_REPLAY_KIND', ['replay', '--confirm'])
    expect(text)
      .to.match(/prospect \(2 people, E_UNKNOWN_TABLE\)/)
      .and.match(/member \(3 people\)/)
  })

  const isDeparture = (line: LedgerLine): line is DepartureLine => 'person' in line
  const contradictions: Readonly<Record<string, (line: DepartureLine, first: string) => DepartureLine>> = {
    'the entry of another': (line, first) => ({ ...line, entry: first }),
    'another policy': (line) => ({ ...line, policy: 'members-gone' }),
    'another day': (line) => ({ ...line, at: line.at.replace(/^\d{4}/, '2025') }),
    'something else': (line) => ({ ...line, what: 'anonymised' }),
  }
  for (const [what, change] of Object.entries(contradictions))
    it(`refuses a ledger in which a line says ${what} than its entry in the signed log`, async () => {
      let first = ''
      await rewriteLedger(same.past.one, (line) => {
        if (!isDeparture(line) || line.policy !== 'prospects') return [line]
        if (first === '') {
          first = line.entry
          return [line]
        }
        return [change(line, first)]
      })
      await refused('E_REPLAY_UNNAMED', ['replay'], ['replay', '--confirm'])
    })

  it('leaves people whom the log does not name yet, and does the others', async () => {
    const { one } = same.past
    await rewriteLedger(one, (line) =>
      isDeparture(line) && line.policy === 'prospects' ? [{ ...line, entry: unknownEntry(line) }] : [line],
    )
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, policyOf(told, 'prospects')]).to.deep.equal([
      3,
      { policy: 'prospects', what: 'erased', again: 0, held: 0, restricted: 0, left: 2 },
    ])
    expect(await ids('prospects')).to.include.members(['201', '202'])
    expect(await ids('users')).to.deep.equal(['102', '201', '301'])
    const stones = (await dumpOf(one.database, 'oubli_tombstone')).map(({ policy }) => policy)
    expect(stones.filter((policy) => policy === 'prospects')).to.have.length(1)
  })

  const mails: Readonly<Record<string, (line: LedgerLine) => readonly LedgerLine[]>> = {
    'one was added': (line) => ('mail' in line ? [line, { ...line, mail: reversed(line.mail) }] : [line]),
    'a day was changed': (line) =>
      'mail' in line ? [{ ...line, announced: line.announced.replace(/^\d{4}/, '2025') }] : [line],
    'terms were changed': (line) => ('mail' in line ? [{ ...line, terms: reversed(line.terms) }] : [line]),
    'the time was changed': (line) =>
      'mail' in line ? [{ ...line, at: line.at.replace(/^\d{4}/, '2025') }] : [line],
  }
  for (const [what, change] of Object.entries(mails))
    it(`takes no mail for sent that the log does not name: ${what}`, async () => {
      await rewriteLedger(same.past.one, change)
      const told = await replayed(same.past.one, ['--confirm'])
      expect([told.exit, told.mails_sent_before, told.mails_remembered]).to.deep.equal([3, 0, 0])
      expect(told.mails_unnamed).to.equal(what === 'one was added' ? 6 : 3)
      const warnings = await dumpOf(same.past.one.database, 'oubli_warning')
      expect(warnings.filter(({ state }) => state === 'accepted')).to.deep.equal([])
    })

  it('does to people who live on only what was done then, and only what the backup lacked', async () => {
    const { one } = same.past
    // Somebody who was coarse before the backup, whose mark is lost, and who has given a name anew.
    await sql(
      one.database,
      "DELETE FROM oubli_done WHERE policy = 'members-coarse' AND key_text = '[\"102\"]'",
    )
    await sql(one.database, "UPDATE members SET name = 'Neu' WHERE id = 102")
    await edit('policies/members-coarse.yml', 'keep_at_most: 3 years', 'keep_at_most: 2 years')
    const left = await replayed(one, ['--confirm'])
    expect([left.exit, policyOf(left, 'members-coarse')]).to.deep.equal([
      3,
      { policy: 'members-coarse', what: 'anonymised', again: 0, held: 0, restricted: 0, left: 1 },
    ])
    expect(await names('members')).to.deep.equal({ '102': 'Neu', '201': 'Nom201', '301': 'Nom301' })
    await edit('policies/members-coarse.yml', 'keep_at_most: 2 years', 'keep_at_most: 3 years')
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, policyOf(told, 'members-coarse')]).to.deep.equal([
      0,
      { policy: 'members-coarse', what: 'anonymised', again: 1, held: 0, restricted: 0, left: 0 },
    ])
    expect(await names('members')).to.deep.equal({ '102': 'Neu', '201': '', '301': 'Nom301' })
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('asks a person when the policy is another by now, and those of today do not do the same', async () => {
    const text = await readFile(at('policies/prospects.yml'), 'utf8')
    await rm(at('policies/prospects.yml'))
    const write = (id: string, name: string, but: string): Promise<void> =>
      writeFile(
        at(`policies/${id}.yml`),
        text
          .replace('policy: prospects', `policy: ${id}`)
          .replace('data: prospect', `data: prospect\nonly: { first_name: ${name} }`)
          .replace(/^but: .*\n/m, but),
      )
    await write('newsletter', 'Nom201', 'but: { receipt: { archive: old-receipts } }\n')
    await write('requests', 'Nom202', 'but: { receipt: { archive: old-receipts } }\n')
    const asked = { policy: 'prospects', what: 'erased', again: 0, held: 0, restricted: 0, left: 2 }
    const look = policyOf(await replayed(same.past.one), 'prospects')
    expect(look, 'both do the same, and neither was ever let act').to.deep.equal(asked)
    await write('requests', 'Nom202', '')
    const told = await replayed(same.past.one, ['--confirm'])
    expect([told.exit, policyOf(told, 'prospects')]).to.deep.equal([3, asked])
    expect(await ids('prospects')).to.include.members(['201', '202'])
  })

  it('goes by other terms than those of then once they were let act, also after the backup', async () => {
    const { one } = same.past
    await edit('policies/prospects.yml', 'keep_at_most: 3 years', 'keep_at_most: 35 months')
    expect(policyOf(await replayed(one), 'prospects'), 'only written').to.include({ again: 0, left: 2 })
    await restore(one.database, same.evidence.database)
    await done(one, 'run')
    await restore(one.database, same.past.backup)
    expect(policyOf(await replayed(one), 'prospects'), 'only observed').to.include({ again: 0, left: 2 })
    await restore(one.database, same.evidence.database)
    await bringEvidence(one, same.evidence)
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    await restore(one.database, same.past.backup)
    const told = await replayed(one, ['--confirm'])
    expect(told.exit, told.why_stopped).to.equal(0)
    expect(policyOf(told, 'prospects')).to.include({ again: 2, left: 0 })
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('erases nothing that the log says was archived, whatever the policy of today says', async () => {
    const { one } = same.past
    const receipts = async () => await ids('receipts')
    await edit('policies/prospects.yml', /^but: .*\n/m, '')
    const look = policyOf(await replayed(one), 'prospects')
    expect(look, 'so far it only observes').to.include({ again: 0, left: 2 })
    await restore(one.database, same.evidence.database)
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    await restore(one.database, same.past.backup)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.why_stopped]).to.deep.equal([3, 'replayed; 2 people are still here'])
    expect(policyOf(told, 'prospects'), 'one of them had a receipt').to.include({ again: 0, left: 2 })
    expect(await ids('prospects')).to.include.members(['201', '202'])
    expect(await receipts()).to.include('201')
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })
})

function reversed(hash: string): string {
  return Buffer.from(hash, 'hex').reverse().toString('hex')
}

/** An id of its own for each, of which the log knows nothing. */
function unknownEntry({ person }: DepartureLine): string {
  return person.slice(0, 32)
}
