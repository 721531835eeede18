/** The printed accounts where people are warned first, and where the clock lies in keys and values or in JSON. */
import { expect } from 'chai'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MysqlSettings } from '../../db/connect.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import { databaseUrlSettings, eachServer } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { dumpOf, insert } from '../engine/lab.ts'
import { silent, start, tokenTo } from '../mail/bounces-site.ts'
import { report } from '../mail/report.ts'
import { scriptedServer, type ScriptedServer } from '../mail/scripted-smtp.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { backUp, restore } from '../replay/restored-site.ts'
import { actAs, dropAccounts, makeAccounts } from './granted.ts'
import { dueClients, jsonFiles, jsonRows } from './json-site.ts'
import { duePeople, pairFiles, pairRows } from './pair-site.ts'
import { fill, type SmallRows } from './small-site.ts'

const night = (day: string): number => Date.parse(`${day}T10:00:00Z`)

eachServer('printed accounts where people are warned', (open) => {
  const user = 'warned'
  let relay: ScriptedServer
  let one: Installation
  let settings: MysqlSettings
  before(async () => {
    relay = await scriptedServer()
    const files = warnedSite(relay.port)
    const policy = files.policies['inactive-accounts']!.replace(
      'no_address: a person decides',
      'no_address: a person decides\n  variant: bare\n  then_tell: { template: erased, within: 5 days }',
    )
    const mail = {
      ...files.mail,
      bounces: { folder: '../bounces', none_because: 'A test proves nothing by a test mail.' },
    }
    one = await install(await open(), { ...files, mail, policies: { 'inactive-accounts': policy } }, start)
    settings = databaseUrlSettings(one.database).settings as MysqlSettings
    await mkdir(join(one.folder, 'bounces'))
    await makeAccounts(one, settings, user)
    await insert(
      one.database,
      'users',
      [1, 2, 3, 4, 5].map((id) => silent(id)),
    )
  })
  after(async () => {
    await dropAccounts(settings, user)
    await one.close()
    await relay.close()
  })

  async function does(suffix: 'plan' | 'run', ...lines: readonly string[]): Promise<void> {
    await actAs(one, user, suffix)
    for (const line of lines) {
      const said = await one.oubli(line.split(' '))
      expect(said.exit, `${line}\n${said.text}`).to.equal(0)
    }
  }

  const on = (day: string) => setSandboxNow(one.database, night(day))
  const people = async () => (await dumpOf(one.database, 'users')).map(({ id }) => Number(id))

  it('do from the first mail to the last all that the commands need', async () => {
    await does('run', 'run')
    await does('plan', 'plan', 'status', 'explain account 1', 'report', 'dossier inactive-accounts', 'doctor')
    await actAs(one, user, 'run')
    await one.approve()
    await does('run', 'mail selftest --to nobody@mail.example', 'run')
    expect(relay.taken).to.have.length(6)
    await writeFile(
      join(one.folder, 'bounces/1'),
      report({ token: tokenTo(relay, 'person5@mail.example'), to: 'person5@mail.example' }),
    )
    await on('2026-06-04')
    await does(
      'run',
      'mail bounces bounces',
      'hold add account 3 --matter m --because b --by DPO --review-by 2026-12-01',
      'request keep account 4 --because phoned --by Support',
      'mail deliver',
    )
    for (const day of ['2026-06-04', '2026-06-10', '2026-06-16', '2026-06-22', '2026-06-28', '2026-07-03']) {
      await on(day)
      await does('run', 'run')
    }
    const untouched = await backUp(one.database, ['users'])
    await on('2026-07-07')
    await does('plan', 'plan', 'explain account 1 --for-the-person')
    await does('run', 'run --policy inactive-accounts --pilot 10', 'mail deliver', 'run')
    expect(await people()).to.deep.equal([3, 4])
    await does('plan', 'report --exact', 'dossier inactive-accounts')
    await restore(one.database, untouched)
    await does('plan', 'plan')
    await does('run', 'replay', 'replay --confirm', 'run')
    expect(await people()).to.deep.equal([3, 4])
  })
})

const inValues: Readonly<Record<string, readonly [SiteFiles, SmallRows, string, readonly number[]]>> = {
  'rows of key and value': [pairFiles(true), pairRows, 'wp_users', duePeople],
  JSON: [jsonFiles(true), jsonRows, 'clients', dueClients],
}

eachServer('printed accounts where a clock lies in', (open) => {
  for (const [name, [files, rows, table, due]] of Object.entries(inValues))
    it(`${name} read it and erase`, async () => {
      const one = await install(await open(), files, start)
      const settings = databaseUrlSettings(one.database).settings as MysqlSettings
      try {
        const unfit = await one.oubli(['grants'])
        expect(unfit.out).to.match(/^-- no rights for (users|clients): `oubli doctor` says why/)
        await fill(one.database, rows)
        expect((await one.oubli(['grants'])).out).not.to.include('no rights for')
        await makeAccounts(one, settings, 'valued')
        await actAs(one, 'valued', 'plan')
        for (const line of [['plan'], ['doctor', '--clocks'], ['doctor']]) {
          const said = await one.oubli(line)
          expect(said.exit, said.text).to.equal(0)
        }
        await actAs(one, 'valued', 'run')
        expect((await one.oubli(['run'])).exit).to.equal(0)
        await one.approve()
        const before = (await dumpOf(one.database, table)).length
        const said = await one.oubli(['run'])
        expect(said.exit, said.text).to.equal(0)
        expect((await dumpOf(one.database, table)).length).to.equal(before - due.length)
      } finally {
        await dropAccounts(settings, 'valued')
        await one.close()
      }
    })
})
