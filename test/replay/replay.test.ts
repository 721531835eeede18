/** Dump, run, restore, replay: afterwards the site is as if no backup had ever been restored. */
import { expect } from 'chai'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryText } from '../../audit/entry-text.ts'
import { ledgerFile } from '../../audit/ledger.ts'
import { points } from '../../base/point.ts'
import { bounceFor } from '../../cli/demo-bounce.ts'
import { entryCounts, insertEntries } from '../../db/own/entries.ts'
import { release, takeLease } from '../../db/own/lease.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { fromLogAlone } from '../../jobs/past-runs.ts'
import { english } from '../../report/words-en.ts'
import { french } from '../../report/words-fr.ts'
import { personEntry } from '../audit/sample-log.ts'
import { eachDatabase } from '../databases.ts'
import { dumpOf, insert, sql } from '../engine/lab.ts'
import { killAt, later, leavesOf, siteOf, verified } from '../engine/kill.ts'
import { policiesIn, policyIn, reportOf, type Report } from '../jobs/report-read.ts'
import { asSite, bringEvidence, reconciled, replayed, sameSite, site } from './replayed.ts'
import { backUp, done, liveOn, mailsOf, restore, siteWithPast, tables, type Site } from './restored-site.ts'
import type { Installation } from '../engine/installation.ts'

/** Sorted. */
async function ledgerOf(one: Installation): Promise<readonly string[]> {
  const ledger = join(one.folder, 'evidence/ledger')
  const texts = (await readdir(ledger))
    .filter((name) => ledgerFile(name) !== null)
    .map((name) => readFile(join(ledger, name), 'utf8'))
  return (await Promise.all(texts)).flatMap((text) => text.trim().split('\n')).sort()
}

function linesWith(lines: readonly string[], part: string): readonly string[] {
  return lines.filter((line) => line.includes(part))
}

/** What the evidence says of how each replay ended. */
async function stoppedAs(one: Installation): Promise<readonly unknown[]> {
  return (await leavesOf(one.database))
    .filter(({ kind, job }) => kind === 'run.finished' && job === 'replay')
    .map(({ stopped }) => stopped)
}

/** Without the spaces that do not break. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ')
}

/** A report that the mail to a user has come back. */
async function bounceTo(one: Installation, user: number): Promise<string> {
  const mails = await dumpOf(one.database, 'oubli_outbox')
  const mail = mails.find(({ key_text }) => key_text === `["${user}"]`)
  const text = bounceFor(`Message-ID: ${String(mail?.['message_id'])}`, `user${user}@mail.example`)
  await writeFile(join(one.folder, 'back.eml'), text)
  return 'back.eml'
}

eachDatabase('a restored backup', (open) => {
  let past: Site
  let undisturbed: Site
  before(async function () {
    this.timeout(240_000)
    past = await siteWithPast(open)
    undisturbed = await siteWithPast(open)
    expect(await site(past.one)).to.deep.equal(await site(undisturbed.one))
  })
  after(async () => {
    await past.one.close()
    await undisturbed.one.close()
  })

  it('is found out by every command that writes, before it writes, and told by those that read', async () => {
    const { one, backup } = past
    await restore(one.database, backup)
    await mkdir(join(one.folder, 'back'))
    const back = await bounceTo(one, 102)
    const before = await backUp(one.database)
    const refused: readonly (readonly string[])[] = [
      ['run'],
      ['run', '--only', 'warn'],
      ['approve', '0123456789abcdef', '--by', 'DPO'],
      ['mail', 'deliver'],
      ['mail', 'bounce', back],
      ['mail', 'bounces', 'back'],
      ['mail', 'selftest', '--to', 'nobody@site.example'],
      ['request', 'keep', 'account', '102', '--because', 'phoned', '--by', 'DPO'],
      ['audit', 'receipt', '--person', 'prospect', '101', '--delivered'],
      ['hold', 'release', 'x', '--by', 'DPO'],
      ['schedule'],
    ]
    for (const argv of refused) {
      const said = await one.oubli(argv)
      expect([said.exit, said.text], argv.join(' ')).to.satisfy(
        ([exit, text]: [number, string]) =>
          exit === 4 &&
          /^E_DATABASE_OLDER .*checkpoint: expected a database with the \d+ entries/m.test(text),
      )
    }
    for (const argv of [['status'], ['plan'], ['audit', 'verify']])
      expect((await one.oubli(argv)).text, argv.join(' ')).to.match(/^OLDER /m)
    for (const argv of [['report'], ['dossier', 'prospects', '--no-clocks']])
      for (const [lang, text] of [
        ['en', english.m_older],
        ['fr', french.m_older],
      ] as const)
        expect(plain((await one.oubli([...argv, '--lang', lang])).text), argv.join(' ')).to.include(
          plain(text),
        )
    expect((await reportOf(one)).older?.why).to.equal('fewer')
    const look = await replayed(one)
    expect([look.exit, look.confirmed, look.older?.why]).to.deep.equal([0, false, 'fewer'])
    expect(look.policies).to.deep.include({
      ...{ policy: 'prospects', what: 'erased', again: 2, held: 0, restricted: 0, left: 0 },
    })
    expect(await backUp(one.database)).to.deep.equal(before)
  })

  it('is brought up to what the log says, and lives on like one that was never restored', async () => {
    const { one, backup } = past
    await restore(one.database, backup)
    const mails = await mailsOf(one)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.why_stopped]).to.deep.equal([0, 'all that the log says was done again'])
    expect([told.not_found, told.mails_unnamed, told.lost_kinds]).to.deep.equal([0, 0, []])
    // Rows that are nobody's are for the next run, which finds them by their dates.
    const people = tables.filter((table) => table !== 'page_views')
    expect(await siteOf(one.database, people)).to.deep.equal(await siteOf(undisturbed.one.database, people))
    expect(
      (await reconciled(one)).map(({ erased, anonymised, kept }) => ({ erased, anonymised, kept })),
    ).to.deep.equal([{ erased: '5', anonymised: '1', kept: '0' }])
    expect(await stoppedAs(one)).to.deep.equal(['done'])
    expect(await verified(one)).to.match(/^VERIFIED/m)
    expect((await entryCounts(one.database)).unsealed).to.equal(0)

    const again = await backUp(one.database)
    expect(await replayed(one, ['--confirm'])).to.deep.include({
      exit: 0,
      why_stopped: 'there is nothing to replay',
    })
    expect(await backUp(one.database)).to.deep.equal(again)

    await liveOn(one)
    await liveOn(undisturbed.one)
    expect(await site(one)).to.deep.equal(await site(undisturbed.one))
    expect(await mailsOf(one), 'no mail left twice').to.deep.equal(mails)
    expect(await mailsOf(undisturbed.one)).to.have.length(mails.length)
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('has a report afterwards that misses no run, no mail and no erasure of the days that were lost', async () => {
    const { one, backup } = past
    await restore(one.database, backup)
    const nights = (report: Report) =>
      report.runs
        .filter(({ job }) => job !== 'replay')
        .map(({ as_of, job, state, rows, mails }) =>
          [as_of.slice(0, 10), job, state, rows, mails.queued].join(' '),
        )
        .sort()
    const period = ['--from', '2026-06-01', '--to', '2026-07-08']
    const before = await reportOf(undisturbed.one, ...period)
    expect((await replayed(one, ['--confirm'])).exit).to.equal(0)
    const after = await reportOf(one, ...period)
    expect(nights(after)).to.deep.equal(nights(before))
    const lost = after.runs.filter(({ why_stopped: why, job }) => why === fromLogAlone && job !== 'replay')
    expect(lost.map(({ as_of }) => as_of.slice(0, 10))).to.deep.equal([
      ...['2026-07-07', '2026-07-02', '2026-06-26', '2026-06-20', '2026-06-14', '2026-06-08', '2026-06-04'],
    ])
    const [replay] = after.runs.filter(({ job }) => job === 'replay')
    let again = 0
    for (const { policy, done } of policiesIn(before)) {
      const found = policyIn(after, policy).done
      again += found.rows - done.rows
      expect([found.mails.warned, found.again?.left ?? 0], policy).to.deep.equal([done.mails.warned, 0])
      expect(found.rows, policy).to.be.at.least(done.rows)
    }
    expect([again, replay?.rows], 'who went twice was done twice').to.deep.equal([6, 6])
    const views = (report: Report) => ({ ...policyIn(report, 'page-views').done, mails: null })
    expect(views(after)).to.deep.equal(views(before))
    expect(policyIn(after, 'page-views').done.mails.basis, 'who came back stands in no entry').to.equal(
      'at least',
    )
  })
})

/** Each test throws the same site back to the same backup, with the evidence of that day. */
eachDatabase('a replay', (open) => {
  const same = sameSite(open)

  it('touches nobody who registered anew with the address, or got the number, of somebody who went', async () => {
    const { database } = same.past.one
    await sql(database, 'DELETE FROM clicks WHERE prospect_id = 202')
    await sql(database, 'DELETE FROM prospects WHERE id = 202')
    const row = { email: 'prospect202@mail.example', first_name: 'Nom202' }
    await insert(database, 'prospects', [
      { id: 202, ...row, collected_at: '2026-07-06 09:00:00' },
      { id: 999, ...row, collected_at: '2026-07-06 09:00:00' },
    ])
    const told = await replayed(same.past.one, ['--confirm'])
    expect(told.policies.find(({ policy }) => policy === 'prospects')?.again).to.equal(1)
    expect((await dumpOf(database, 'prospects')).map(({ id }) => id)).to.deep.equal(['202', '301', '999'])
  })

  it('forgets nothing by a clock that is ahead, and no bounce is taken in by it', async () => {
    const { one } = same.past
    const before = await ledgerOf(one)
    try {
      await setSandboxNow(one.database, Date.parse('2031-01-01T10:00:00Z'))
      await done(one, 'replay', '--confirm', '--accept-clock-gap')
      expect(await ledgerOf(one)).to.deep.equal(before)
      expect(await dumpOf(one.database, 'oubli_tombstone')).to.have.length(
        linesWith(before, '"person"').length,
      )
      await restore(one.database, same.evidence.database)
      await bringEvidence(one, same.evidence)
      const said = await one.oubli(['mail', 'bounce', await bounceTo(one, 201)])
      expect([said.exit, said.text.slice(0, 8)]).to.deep.equal([4, 'E_CLOCK '])
      expect(await ledgerOf(one)).to.deep.equal(before)
    } finally {
      await setSandboxNow(one.database, Date.parse('2026-07-07T10:00:00Z'))
    }
  })

  it('asks the log, and not the dates of today', async () => {
    const { database } = same.past.one
    await sql(database, "UPDATE users SET last_login_at = '2026-07-06 09:00:00' WHERE id = 101")
    expect((await replayed(same.past.one, ['--confirm'])).exit).to.equal(0)
    expect((await dumpOf(database, 'users')).map(({ id }) => id)).not.to.include('101')
    expect(await dumpOf(database, 'devices'), 'what hung on it').to.have.length(2)
  })

  it('keeps whom a hold of today covers, says so, and finds them again once it is released', async () => {
    const { one } = same.past
    const held = await one.oubli([
      ...['hold', 'add', 'prospect', '201', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01', '--json'],
    ])
    expect(held.exit, held.text).to.equal(0)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.why_stopped]).to.deep.equal([3, 'replayed; 1 people are still here'])
    expect(told.policies.find(({ policy }) => policy === 'prospects')).to.include({ again: 1, held: 1 })
    expect((await reconciled(one)).map(({ kept }) => kept)).to.deep.equal(['1'])
    expect(await stoppedAs(one)).to.deep.equal(['partly done'])
    expect((await dumpOf(one.database, 'prospects')).map(({ id }) => id)).to.include('201')
    const { hold } = JSON.parse(held.out) as { hold: string }
    await done(one, 'hold', 'release', hold, '--by', 'DPO')
    const again = await replayed(one, ['--confirm'])
    expect([again.exit, again.older]).to.deep.equal([0, null])
    expect((await dumpOf(one.database, 'prospects')).map(({ id }) => id)).not.to.include('201')
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('names in the log whom the site does not let go, by reference', async () => {
    const { one } = same.past
    const fails = one.database.dialect.locksRows
      ? "BEGIN IF OLD.id = 201 THEN SIGNAL SQLSTATE '45000'; END IF; END"
      : "BEGIN SELECT RAISE(ABORT, 'no') WHERE OLD.id = 201; END"
    await sql(one.database, `CREATE TRIGGER keeps BEFORE DELETE ON prospects FOR EACH ROW ${fails}`)
    try {
      const told = await one.oubli(['replay', '--confirm'])
      expect([told.exit, told.text.split('\n').at(-1)]).to.deep.equal([
        3,
        'why stopped: replayed; 1 people are still here',
      ])
      expect(
        told.text.match(/row\.set-aside {2}prospects: prospect#[0-9a-f]{12} was set aside/g),
      ).to.have.length(1)
    } finally {
      await sql(one.database, 'DROP TRIGGER keeps')
    }
  })

  it('asks the database again, as a run does, and tells of somebody who is there again', async () => {
    const { one } = same.past
    const checked = async () => {
      const leaves = await leavesOf(one.database)
      const last = leaves.filter(({ kind }) => kind === 'restore.reconciled').at(-1)
      return leaves
        .filter(({ kind, run }) => kind === 'purge.checked' && run === last?.['run'])
        .map(({ policy, left }) => [(policy as { id: string }).id, left])
    }
    const nothing: readonly (readonly [string, object])[] = [
      ['inactive-accounts', { users: '0', devices: '0' }],
      ['members-coarse', { members: '0' }],
      ['members-gone', { members: '0' }],
      ['prospects', { prospects: '0', clicks: '0', receipts: '0' }],
    ]
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.left_behind]).to.deep.equal([0, 0])
    expect(await checked()).to.have.deep.members(nothing)

    await restore(one.database, same.past.backup)
    await bringEvidence(one, same.evidence)
    const row = (await dumpOf(one.database, 'prospects')).find(({ id }) => id === '201') ?? {}
    const again = await replayed(one, ['--confirm'], {
      point: async (reached) => {
        if (reached !== 'committed') return
        const here = (await dumpOf(one.database, 'prospects')).some(({ id }) => id === '201')
        if (!here) await insert(one.database, 'prospects', [row])
      },
    })
    expect([again.exit, again.left_behind, again.why_stopped]).to.deep.equal([
      ...[3, 1, 'replayed; 1 row(s) of what was done were still there when it asked'],
    ])
    expect(await checked()).to.deep.include(['prospects', { prospects: '1', clicks: '0', receipts: '0' }])
    expect(await stoppedAs(one)).to.deep.equal(['partly done'])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('that is gone on with tells of who is there now, and of all that hung on who went before', async () => {
    const { one } = same.past
    const rows = async (table: string) => (await dumpOf(one.database, table)).map(({ id }) => id)
    const row = (await dumpOf(one.database, 'prospects')).find(({ id }) => id === '201') ?? {}
    const click =
      (await dumpOf(one.database, 'clicks')).find(({ prospect_id }) => prospect_id === '201') ?? {}
    let stopped: string | null = null
    const first = await replayed(one, ['--confirm'], {
      stop: () => stopped,
      point: async (reached) => {
        if (reached !== 'committed' || (await rows('prospects')).includes('201')) return
        await insert(one.database, 'prospects', [row])
        await insert(one.database, 'clicks', [click])
        stopped = 'stopped by a test'
      },
    })
    expect(first.why_stopped).to.match(/run it again to go on$/)
    expect([first.left_behind, first.exit], 'the person and the click').to.deep.equal([2, 3])
    const again = await replayed(one, ['--confirm'])
    expect(await rows('prospects')).not.to.include('201')
    expect([again.left_behind, again.exit], 'the click alone').to.deep.equal([1, 3])
  })

  it('takes a warning that the person answered before the restore for none', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    await sql(one.database, "UPDATE users SET last_login_at = '2026-07-07 09:00:00' WHERE id = 201")
    await done(one, 'run')
    await restore(one.database, same.past.backup)
    await warnedOnly102(one)
  })

  for (const told of [true, false])
    it(`takes a mail that came back for no warning, ${told ? 'told as accepted' : 'of which it was not written that it was told'}`, async () => {
      const { one } = same.past
      expect(linesWith(await ledgerOf(one), '"mail accepted"')).to.have.length(3)
      await restore(one.database, same.evidence.database)
      if (!told)
        await sql(one.database, "UPDATE oubli_warning SET exported = NULL WHERE policy = 'inactive-accounts'")
      await done(one, 'mail', 'bounce', await bounceTo(one, 201))
      await restore(one.database, same.past.backup)
      await warnedOnly102(one)
    })

  it('takes back a mail that the backup has as accepted and that came back since', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    const state = async () => {
      const all = await dumpOf(one.database, 'oubli_warning')
      return all
        .filter(({ key_text }) => key_text === '["201"]')
        .map((one) => [one['state'], one['accepted_at']])
    }
    expect((await state()).map(([how]) => how)).to.deep.equal(['accepted'])
    const backup = await backUp(one.database)
    await done(one, 'mail', 'bounce', await bounceTo(one, 201))
    await done(one, 'run')
    await restore(one.database, backup)
    const look = await replayed(one)
    expect([look.older?.why, look.mails_taken_back]).to.deep.equal(['fewer', 1])
    expect(
      (await state()).map(([how]) => how),
      'only looked',
    ).to.deep.equal(['accepted'])
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.mails_taken_back]).to.deep.equal([0, 1])
    expect(await state()).to.deep.equal([['undelivered', null]])
    expect((await replayed(one)).mails_taken_back).to.equal(0)
  })

  it('takes nothing back of a mail that left anew after an earlier one from its place was answered', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    await sql(one.database, "UPDATE users SET last_login_at = '2026-07-07 09:00:00' WHERE id = 201")
    await done(one, 'run')
    await restore(one.database, same.past.backup)
    await warnedOnly102(one)
    try {
      // The sign-in was lost with the database: the same person looks silent since the same day.
      await setSandboxNow(one.database, Date.parse('2026-07-09T10:00:00Z'))
      await done(one, 'run')
      await done(one, 'run')
      const of201 = async () => (await warnings(one)).filter(([key]) => key === '["201"]')
      expect(await of201()).to.deep.equal([['["201"]', 'accepted']])
      const look = await replayed(one, ['--confirm'])
      expect([look.mails_taken_back, look.why_stopped]).to.deep.equal([0, 'there is nothing to replay'])
      expect(await of201()).to.deep.equal([['["201"]', 'accepted']])
      const mails = await mailsOf(one)
      await restore(one.database, same.past.backup)
      const told = await replayed(one, ['--confirm'])
      expect([told.exit, told.untold], told.why_stopped).to.deep.equal([0, 0])
      expect([told.mails_remembered, told.mails_taken_back]).to.deep.equal([1, 0])
      await done(one, 'run')
      expect(await mailsOf(one), 'no mail left twice').to.deep.equal(mails)
    } finally {
      await setSandboxNow(one.database, Date.parse('2026-07-07T10:00:00Z'))
    }
  })

  async function warnings(one: Installation): Promise<readonly (readonly unknown[])[]> {
    return (await dumpOf(one.database, 'oubli_warning')).map(({ key_text, state }) => [key_text, state])
  }

  async function warnedOnly102(one: Installation): Promise<void> {
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.mails_sent_before, told.mails_remembered]).to.deep.equal([0, 1, 1])
    const left = await dumpOf(one.database, 'oubli_warning')
    expect(left.map(({ key_text, state }) => [key_text, state])).to.deep.equal([['["102"]', 'accepted']])
  }

  it('learns from the entry what a version from before the ledger did after the migration', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    const told = linesWith(await ledgerOf(one), '"what":"anonymised"')
    expect(told).to.have.length(4)
    await rm(join(one.folder, 'evidence/ledger'), { recursive: true })
    await sql(
      one.database,
      "UPDATE oubli_tombstone SET policy = 'unknown', act = 'unknown' WHERE hash >= '' AND act = 'anonymised'",
    )
    await sql(one.database, "UPDATE oubli_tombstone SET exported = 0 WHERE hash >= ''")
    const [other] = await one.database.rows({
      text: "SELECT id FROM oubli_entry WHERE leaf LIKE '%run.finished%' LIMIT 1",
      values: [],
    })
    const stone =
      'INSERT INTO oubli_tombstone (hash, key_hash, kind, entry_id, erased_at) VALUES (?, ?, ?, ?, ?)'
    const hash = 'd'.repeat(64)
    await sql(one.database, stone, hash, hash, 'member', String(other?.['id']), '2026-06-05T10:00:00.000Z')
    await done(one, 'run')
    expect(linesWith(await ledgerOf(one), '"what":"anonymised"')).to.deep.equal(told)
    expect(linesWith(await ledgerOf(one), hash)).to.deep.equal([])
  })

  it('refuses a ledger that was cut, and a log of which a part is missing', async () => {
    const { one } = same.past
    const ledger = join(one.folder, 'evidence/ledger')
    const name = (await readdir(ledger)).find((each) => ledgerFile(each) !== null) ?? ''
    const whole = await readFile(join(ledger, name), 'utf8')
    await writeFile(join(ledger, name), whole.slice(0, -1))
    expect((await one.oubli(['replay', '--confirm'])).text).to.match(/^E_LEDGER_DAMAGED .*ledger/m)
    await writeFile(join(ledger, name), whole)
    const bundles = join(one.folder, 'evidence/tile/entries/000.p')
    for (const bundle of await readdir(bundles)) {
      const bytes = await readFile(join(bundles, bundle))
      await writeFile(join(bundles, bundle), bytes.subarray(0, -1))
    }
    const said = await one.oubli(['replay', '--confirm'])
    expect([said.exit, said.text]).to.satisfy(
      ([exit, text]: [number, string]) => exit === 6 && /^E_LOG_INCOMPLETE /m.test(text),
    )
    expect(await siteOf(one.database, tables)).to.deep.equal(asSite(same.past.backup))
  })

  it('refuses a database with a past of its own', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    await sql(
      one.database,
      "UPDATE oubli_entry SET leaf = 'other' WHERE id = (SELECT entry_id FROM oubli_seal ORDER BY leaf_index DESC LIMIT 1)",
    )
    for (const argv of [['run'], ['replay', '--confirm']]) {
      const said = await one.oubli(argv)
      expect([said.exit, said.text.slice(0, 18)], argv.join(' ')).to.deep.equal([4, 'E_ANOTHER_HISTORY '])
    }
    expect((await one.oubli(['status'])).text).to.match(/^REFUSED /m)
  })

  it('takes from their note those that waited in it and were sealed after it was made, and leaves the others', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    const last = await one.database.rows({
      text: 'SELECT e.id, e.run_id, e.leaf FROM oubli_seal s JOIN oubli_entry e ON e.id = s.entry_id ORDER BY s.leaf_index DESC LIMIT 3',
      values: [],
    })
    const waiting = [
      ...last.map((row) => ({
        id: String(row['id']),
        runId: String(row['run_id']),
        leaf: String(row['leaf']),
      })),
      { id: personEntry(1).id, runId: 'r', leaf: entryText(personEntry(1)) },
    ].map((entry) => ({ ...entry, createdAt: '2026-01-01T00:00:00.000Z' }))
    await restore(one.database, same.past.backup)
    const noted = await one.database.transaction((tx) => insertEntries(tx, waiting))
    expect(noted.state).to.equal('committed')
    expect((await replayed(one, ['--confirm'])).exit).to.equal(0)
    const counts = await entryCounts(one.database)
    expect([counts.unsealed, counts.forgotten]).to.deep.equal([0, 0])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('says which holds were set after the backup', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    const { hold } = JSON.parse(
      (
        await one.oubli([
          ...['hold', 'add', 'prospect', '301', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
          ...['--review-by', '2027-01-01', '--json'],
        ])
      ).out,
    ) as { hold: string }
    expect((await entryCounts(one.database)).unsealed, 'sealed at once').to.equal(0)
    const set = await backUp(one.database)
    await restore(one.database, same.past.backup)
    const told = await replayed(one)
    expect([told.exit, told.lost_holds]).to.deep.equal([0, [hold]])
    await restore(one.database, set)
    await done(one, 'hold', 'release', hold, '--by', 'DPO')
    await restore(one.database, same.past.backup)
    const after = await replayed(one, ['--confirm'])
    expect([after.exit, after.lost_holds]).to.deep.equal([0, []])
  })

  it('leaves the holds that were lost for a person to set again', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    await done(
      one,
      ...['hold', 'add', 'prospect', '301', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01'],
    )
    await restore(one.database, same.past.backup)
    const told = await replayed(one, ['--confirm'])
    expect([told.exit, told.lost_holds.length]).to.deep.equal([3, 1])
    expect(await stoppedAs(one)).to.deep.equal(['partly done'])
    expect(await verified(one)).to.match(/^VERIFIED/m)
  })

  it('is met by a hold that is set while somebody else seals', async () => {
    const { one } = same.past
    await restore(one.database, same.evidence.database)
    const other = { name: 'seal', owner: 'other' }
    await takeLease(one.database, { ...other, now: Date.now(), ttlMs: 60_000 })
    await done(
      one,
      ...['hold', 'add', 'prospect', '301', '--matter', 'M', '--because', 'dispute', '--by', 'DPO'],
      ...['--review-by', '2027-01-01'],
    )
    expect((await entryCounts(one.database)).unsealed).to.equal(1)
    await release(one.database, other)
    await done(one, 'run')
    expect((await entryCounts(one.database)).unsealed).to.equal(0)
  })

  it('brings people back to the policy of today when the file has another name since', async () => {
    const { one } = same.past
    const file = join(one.folder, 'policies/prospects.yml')
    const text = await readFile(file, 'utf8')
    try {
      await writeFile(file, text.replace('policy: prospects', 'policy: newsletter'))
      const told = await replayed(one, ['--confirm'])
      expect([told.exit, told.policies.find(({ policy }) => policy === 'prospects')?.again]).to.deep.equal([
        0, 2,
      ])
      await restore(one.database, same.past.backup)
      await bringEvidence(one, same.evidence)
      await rm(file)
      const left = await replayed(one, ['--confirm'])
      expect([left.exit, left.policies.find(({ policy }) => policy === 'prospects')]).to.deep.include(3)
      expect(left.policies.find(({ policy }) => policy === 'prospects')).to.include({ again: 0, left: 2 })
    } finally {
      await writeFile(file, text)
    }
  })

  for (const [point, time] of [
    ['committed', 1],
    ['committed', 3],
    // So few entries are put back at once; many.test.ts kills in between.
    ...points.replay.flatMap((point) => (point === 'entries put back' ? [] : [[point, 1] as const])),
    ['seals committed', 1],
  ] as const)
    it(`that is killed at "${point}"${time === 1 ? '' : `, time ${time}`} is gone on with`, async () => {
      const { one } = same.past
      expect(await killAt(one, { point, time }, ['replay', '--confirm'])).to.equal('SIGKILL')
      const open = (await one.oubli(['run'])).text.startsWith('E_DATABASE_OLDER')
      const reached = point === 'restore reconciled' || point === 'seals committed'
      expect(open, 'still refused').to.equal(!reached)
      if (!reached) {
        const told = await replayed(one, ['--confirm'], { clock: () => Date.now() + later() })
        expect([told.exit, told.not_found], told.why_stopped).to.deep.equal([0, 0])
      }
      const counts = { erased: '5', anonymised: '1', kept: '0', mails: '2' }
      expect((await reconciled(one)).map((leaf) => ({ ...leaf, ...counts }))).to.deep.equal(
        await reconciled(one),
      )
      expect(await reconciled(one)).to.have.length(1)
      const next = await one.oubli(['run'], { clock: () => Date.now() + later(3) })
      expect(next.exit, next.text).to.equal(0)
      expect(await siteOf(one.database, tables)).to.deep.equal(asSite(same.evidence.database))
      expect(await verified(one)).to.match(/^VERIFIED/m)
    })
})
