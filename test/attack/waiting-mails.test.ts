/** Mails that wait while the world changes. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cast } from '../../db/sample-shop/cast.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { createLab, monday, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { approved } from '../approve.ts'

const hour = 3_600_000

eachDatabase('a mail that waits', (open) => {
  let lab: Lab
  let queued: number

  beforeEach(async () => {
    lab = await createLab(await open())
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
    await approved(lab)
    await lab.oubli(['run', '--only', 'warn'])
    queued = await waiting()
    expect(queued).to.be.greaterThan(3)
  })

  afterEach(async () => {
    await lab.close()
  })

  async function waiting(): Promise<number> {
    const text = "SELECT id FROM oubli_outbox WHERE state IN ('queued', 'deferred')"
    return (await lab.database.rows({ text, values: [] })).length
  }

  async function deliver(): Promise<number> {
    const said = await lab.oubli(['mail', 'deliver', '--json'])
    return (JSON.parse(said.out) as { accepted: number }).accepted
  }

  it('does not leave while its policy only observes, and leaves when it acts again', async () => {
    const path = join(lab.folder, 'policies', 'inactive-accounts.yml')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('status: enforce', 'status: observe'))
    expect(await deliver()).to.equal(0)
    expect(await waiting()).to.equal(queued)
    await writeFile(path, text)
    await setSandboxNow(lab.database, monday + 2 * hour)
    expect(await deliver()).to.equal(queued)
  })

  it('does not leave to somebody who signed in, or whom a hold covers by now', async () => {
    await lab.database.run({
      text: 'UPDATE users SET last_login_at = ? WHERE id = ?',
      values: ['2026-11-23 09:59:00', BigInt(cast.emi.id)],
    })
    const hold = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by', '2027-05-01']
    expect((await lab.oubli(['hold', 'add', 'account', String(cast.dov.id), ...hold])).exit).to.equal(0)
    expect(await deliver()).to.equal(queued - 2)
  })

  it('does not leave to an address that was put right meanwhile', async () => {
    await lab.database.run({
      text: 'UPDATE users SET email = ? WHERE id = ?',
      values: ['emi.new@example.org', BigInt(cast.emi.id)],
    })
    expect(await deliver()).to.equal(queued - 1)
  })

  it('does not leave in words that are not the terms any more, and leaves when they are again', async () => {
    const path = join(lab.folder, 'policies', 'inactive-accounts.yml')
    const text = await readFile(path, 'utf8')
    const other = text.replace('review: anonymise', 'review: erase')
    expect(other).not.to.equal(text)
    await writeFile(path, other)
    expect(await deliver()).to.equal(0)
    await writeFile(path, text)
    await setSandboxNow(lab.database, monday + 2 * hour)
    expect(await deliver()).to.equal(queued)
  })

  it('does not leave about an earlier silence, although the new one is as good as over', async () => {
    // Long enough ago that the person is in the window of the first mail again, so nobody calls it active.
    const [row] = await lab.database.rows({
      text: 'SELECT last_login_at FROM users WHERE id = ?',
      values: [BigInt(cast.emi.id)],
    })
    const before = String(row?.['last_login_at'])
    await lab.database.run({
      text: 'UPDATE users SET last_login_at = ? WHERE id = ?',
      values: ['2023-11-25 09:59:00', BigInt(cast.emi.id)],
    })
    expect(before).not.to.contain('2023-11-25')
    expect(await deliver()).to.equal(queued - 1)
  })

  it('of a kind that lies in another table now, does not act before a run has observed it', async () => {
    const path = join(lab.folder, 'policies', 'data-map.yml')
    const text = await readFile(path, 'utf8')
    const moved = text.replace('link: { user_id: id } # no foreign key', 'link: { id: id } # no foreign key')
    expect(moved).not.to.equal(text)
    await writeFile(path, moved)
    const run = JSON.parse((await lab.oubli(['run', '--json'])).out) as {
      policies: { policy: string; standing: { mode: string; why?: string } }[]
    }
    const standing = run.policies.find((one) => one.policy === 'inactive-accounts')?.standing
    expect(standing).to.deep.equal({ mode: 'observed', why: 'new terms' })
  })
})
