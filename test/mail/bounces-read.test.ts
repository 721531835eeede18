/** Whoever sends or erases reads first what came back, whatever wakes it up: cron, a timer, or a person. */
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eachDatabase } from '../databases.ts'
import { insert } from '../engine/lab.ts'
import { day, silent, siteForEach, tokenTo, warnPeople, type BouncesSite } from './bounces-site.ts'
import { reportOn } from './report.ts'
import type { ScriptedServer } from './scripted-smtp.ts'

const noticeOver = 40

eachDatabase('mails that came back, and no scheduler', (open) => {
  let relay: ScriptedServer
  let site: BouncesSite
  siteForEach(
    open,
    async (...begun) => {
      ;[relay, site] = begun
      await warnPeople(site, 3)
      // A day without a mail, so that the clock guard lets the next run pass.
      for (const days of [7, 14, 21, 28, 35]) {
        await site.at(days)
        expect((await site.run('run', '--only', 'warn')).exit).to.equal(0)
      }
      await site.lay('new/1', reportOn(relay, 'person1@mail.example'))
    },
    { folder: '../bounces' },
  )
  const people = async () => (await site.rows('SELECT id FROM users ORDER BY id')).map(({ id }) => String(id))

  it('are taken in by a run before it erases: a dead address is no warned person', async () => {
    await site.at(noticeOver)
    const said = await site.run('run')
    expect(said.exit, said.text).to.equal(0)
    expect(await people()).to.deep.equal(['1'])
    expect(said.out).to.include('mail.bounces.folder: 1 taken in: the acceptance counts no more\n')
    expect(await site.files()).to.deep.equal(['done/1.taken'])
  })

  it('are taken in by the purge alone, and counted for scripts', async () => {
    await site.at(noticeOver)
    const said = await site.run('run', '--only', 'purge', '--json')
    expect(said.exit, said.text).to.equal(0)
    expect(await people()).to.deep.equal(['1'])
    expect((JSON.parse(said.out) as { bounces: object }).bounces).to.include({ recorded: 1, left: 0 })
    const french = await site.run('run', '--only', 'warn', '--json')
    expect((JSON.parse(french.out) as { bounces: object | null }).bounces).to.equal(null)
  })

  it('are taken in by a delivery', async () => {
    const json = await site.run('mail', 'deliver', '--json')
    expect(json.exit, json.text).to.equal(0)
    expect((JSON.parse(json.out) as { bounces: object }).bounces).to.include({ recorded: 1 })
    expect(await site.files()).to.deep.equal(['done/1.taken'])
    await site.lay('new/2', reportOn(relay, 'person2@mail.example'))
    const said = await site.run('mail', 'deliver')
    expect(said.out).to.match(/^mail\.bounces\.folder: 1 taken in: .*\nmail: 0 accepted/)
    expect((await site.run('mail', 'deliver')).out).to.match(/^mail: 0 accepted/)
  })

  it('of which nothing can be read stop no delivery, and nobody is erased as warned until they can be', async () => {
    await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'away'))
    await site.at(noticeOver)
    const sent = await site.run('mail', 'deliver')
    expect(sent.exit).to.equal(0)
    expect(sent.text).to.match(/^WARNING {2}mail\.bounces\.folder .*E_FILE_UNREADABLE/m)
    const said = await site.run('run', '--lang', 'fr')
    expect(said.exit, said.text).to.equal(4)
    expect(said.text).to.include('stop: what came back cannot be read: E_FILE_UNREADABLE')
    const { policies } = JSON.parse((await site.run('run', '--json')).out) as {
      readonly policies: readonly { readonly policy: string; readonly held_up: string | null }[]
    }
    expect(policies.map(({ held_up: held }) => held)).to.deep.equal(['unread'])
    expect(await people()).to.deep.equal(['1', '2', '3'])
    expect(said.out).to.match(/^WARNING {2}Le dossier mail\.bounces\.folder .*E_FILE_UNREADABLE/m)
    expect(await readFile(join(site.one.folder, 'oubli.log'), 'utf8')).to.match(
      /slot\.failed {2}bounces failed: E_FILE_UNREADABLE/,
    )
    await rename(join(site.one.folder, 'away'), join(site.one.folder, 'bounces'))
    const again = await site.run('run')
    expect(again.exit, again.text).to.equal(0)
    expect(await people()).to.deep.equal(['1'])
  })

  const blocked = async (file: string) => {
    const said = await site.run('run')
    expect(said.exit, said.text).to.equal(4)
    expect(said.text).to.include('stop: what came back cannot be read: E_BOUNCES_UNREAD')
    expect(said.text).to.match(new RegExp(`^WARNING {2}Nobody can open.*: ${file}\\. .*git mailsplit`, 'm'))
    expect(await people()).to.deep.equal(['1', '2', '3'])
  }

  it('in a mailbox in one file are read by nobody, and nobody is erased as warned while it lies there', async () => {
    await site.lay('mbox', `From a@b Mon Jun 1\n${reportOn(relay, 'person2@mail.example')}`)
    await site.at(noticeOver)
    await blocked('mbox')
    await rm(join(site.one.folder, 'bounces/mbox'))
    expect((await site.run('run')).exit).to.equal(0)
    expect(await people()).to.deep.equal(['1'])
  })

  it('in a mailbox in one file are read once it is split as the warning says', async () => {
    const mails = (...people: readonly number[]) =>
      people.map(
        (id) =>
          `From MAILER-DAEMON Mon Jun  1 10:00:0${id} 2026\n${reportOn(relay, `person${id}@mail.example`)}\n`,
      )
    /** As `git mailsplit -obounces mbox`, which leaves the line that it splits at. */
    const splitFrom = async (first: number, text: string) => {
      const split = text.split(/^(?=From .*\d\d:\d\d:\d\d \d{4}$)/m)
      for (const [i, mail] of split.entries()) await site.lay(String(first + i).padStart(4, '0'), mail)
      await mkdir(join(site.one.folder, 'bounces/other'), { recursive: true })
      await rename(join(site.one.folder, 'bounces/mbox'), join(site.one.folder, 'bounces/other/mbox'))
    }
    await rm(join(site.one.folder, 'bounces/new/1'))
    await site.at(noticeOver)
    for (const [first, people] of [
      [1, [1]],
      [2, [2, 3]],
    ] as const) {
      const mbox = mails(...people).join('')
      await site.lay('mbox', mbox)
      await blocked('mbox')
      await splitFrom(first, mbox)
      const said = await site.run('mail', 'bounces', 'bounces', '--json')
      expect(said.exit, said.text).to.equal(0)
      expect(JSON.parse(said.out)).to.include({ recorded: people.length, left: 0, unread: 0 })
    }
    const said = await site.run('run')
    expect(said.exit, said.text).to.equal(0)
    expect(await people()).to.deep.equal(['1', '2', '3'])
  })

  it('in a form that nobody can read keep everybody, where they are of a mail server and of a mail that stands', async () => {
    const copy = (address: string) =>
      `Mail could not be delivered.\r\n\r\n  Message-ID: <${tokenTo(relay, address)}@boutique.example>\r\n`
    const person2 = copy('person2@mail.example')
    await site.at(noticeOver)
    const letters = [
      `From: MAILER-DAEMON@mx.example\r\nIn-Reply-To: <${tokenTo(relay, 'person2@mail.example')}@x>\r\n\r\nNo.\r\n`,
      `From: MAILER-DAEMON@mx.example\r\n\r\n${person2}`,
      `Return-Path: <>\r\nFrom: gateway@mx.example\r\n\r\n${person2}`,
      `From: Postmaster <postmaster@mx.example>\r\n\r\n${person2}`,
      `Return-Path: <>\r\nFrom: postmaster@mx.example\r\nIn-Reply-To: <${tokenTo(relay, 'person2@mail.example')}@x>\r\n\r\nNo.\r\n`,
      `From: Mail Delivery System <MAILER-DAEMON>\r\n\r\n${person2}`,
      // Its head is lost.
      `\r\nFrom: gateway@mx.example\r\n\r\n${person2}`,
    ]
    for (const letter of letters) {
      await site.lay('new/2', letter)
      await blocked('new/2')
      await rm(join(site.one.folder, 'bounces/new/2'))
    }
    // Of persons, of a mail that has come back already, and of mails of others.
    for (const [i, letter] of [
      `Return-Path: <someone@mail.example>\r\nFrom: someone@mail.example\r\n\r\n${person2}`,
      `Return-Path: <>\r\nFrom: someone@mail.example\r\n\r\n${person2.replace(/^ +Mess/m, '> Mess')}`,
      `Return-Path: <>\r\nContent-Type: multipart/report; report-type=feedback-report\r\n\r\n${person2}`,
      `From: MAILER-DAEMON@mx.example\r\n\r\n${copy('person1@mail.example')}`,
      `From: MAILER-DAEMON@mx.example\r\n\r\n${person2.replace(/[0-9a-f]{32}/, 'f'.repeat(32))}`,
    ].entries())
      await site.lay(`new/3${i}`, letter)
    const said = await site.run('run')
    expect(said.exit, said.text).to.equal(0)
    expect(await people()).to.deep.equal(['1'])
  })

  it('are no answers of persons, whatever their addresses and names are, and no files of a mail server', async () => {
    await insert(site.one.database, 'users', [silent(4, 'Postmaster@small-firm.example')])
    for (const argv of [
      ['run', '--only', 'warn'],
      ['mail', 'deliver'],
    ])
      expect((await site.run(...argv)).exit).to.equal(0)
    const named = `In-Reply-To: <${tokenTo(relay, 'Postmaster@small-firm.example')}@boutique.example>\r\n`
    const head = named.replace('In-Reply-To', 'Message-ID')
    const auto = 'Auto-Submitted: auto-replied\r\n'
    const from = 'From: "Small, firm" <postmaster@small-firm.example>\r\n'
    for (const [i, letter] of [
      `Return-Path: <>\r\n${from}${named}${auto}\r\nI am away.\r\n`,
      `${from}${named}${auto}\r\nI am away.\r\n`,
      `Return-Path: <>\r\n${from}\r\nYour mail was read:\r\n${head}`,
      `Return-Path: <postmaster@small-firm.example>\r\n${from}${named}\r\nPlease keep my account.\r\n`,
      `Return-Path: <postmaster@other.example>\r\nFrom: postmaster@other.example\r\n${named}\r\nHello\r\n${head}`,
      `From: postmaster@other.example\r\n${named}\r\nHello\r\n`,
      `Return-Path: <a@b.example>\r\nFrom: "MAILER-DAEMON <mailer-daemon@x>" <a@b.example>\r\n${named}\r\n${head}`,
      `Return-Path: <a@b.example>\r\nFrom: postmaster <a@b.example>\r\n${named}\r\n${head}`,
      'Mails that came back lie here.\r\n',
      '',
    ].entries())
      await site.lay(`new/3${i}`, letter)
    await mkdir(join(site.one.folder, 'bounces/cur'), { recursive: true })
    const servers = ['dovecot-uidlist', 'maildirfolder', 'maildirsize']
    for (const name of servers) await site.lay(name, name === 'maildirfolder' ? '' : '3 V1718000000 N2\n')
    const said = await site.run('mail', 'deliver', '--json')
    expect(said.exit, said.text).to.equal(0)
    const { bounces } = JSON.parse(said.out) as { readonly bounces: object }
    expect(bounces).to.include({ other: 10, unread: 0, left: 0 })
    expect(await site.files()).to.include.members(servers)
    await site.lay('new/4', `From: MAILER-DAEMON@mx.example\r\n${named}\r\nNo.\r\n`)
    const { unread } = JSON.parse((await site.run('mail', 'bounces', 'bounces', '--json')).out) as {
      readonly unread: number
    }
    expect(unread, 'the mail stands').to.equal(1)
  })

  it('that failed without a status keep their person, whose acceptance is taken back', async () => {
    const unsaid = reportOn(relay, 'person2@mail.example')
      .replace('Status: 5.1.1', 'Status:')
      .replace(/^Diagnostic-Code.*\r\n/m, '')
    await site.lay('new/2', unsaid)
    await site.at(noticeOver)
    expect((await site.run('run')).exit).to.equal(0)
    expect(await people()).to.deep.equal(['1', '2'])
    expect(await site.rows('SELECT day FROM oubli_refusal')).to.have.length(1)
  })

  describe('into a folder whose mount is gone', () => {
    beforeEach(async () => {
      expect((await site.run('mail', 'deliver')).exit).to.equal(0)
      expect(await site.files()).to.deep.equal(['done/1.taken'])
      await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'away'))
      await mkdir(join(site.one.folder, 'bounces'))
      await site.at(noticeOver)
      const said = await site.run('run')
      expect(said.exit, said.text).to.equal(4)
      expect(said.text).to.include('stop: what came back cannot be read: E_BOUNCES_EMPTIED')
      expect(await people()).to.deep.equal(['1', '2', '3'])
    })

    it('are nothing that anybody knows, whatever lies at its mount point', async () => {
      await site.lay('new/2', reportOn(relay, 'person2@mail.example'))
      const said = await site.run('mail', 'bounces', 'bounces')
      expect([said.exit, said.text.slice(0, 17)]).to.deep.equal([4, 'E_BOUNCES_EMPTIED'])
      expect(await site.files()).to.deep.equal(['new/2'])
      expect((await site.run('mail', 'deliver')).exit).to.equal(0)
      expect((await site.one.oubli(['doctor'])).out).to.match(/warning.*bounces.*E_BOUNCES_EMPTIED/)
      expect((await site.run('run')).exit).to.equal(4)
      expect(await people()).to.deep.equal(['1', '2', '3'])
    })

    it('are not heard through a mark that cannot be read, which is another matter than none', async () => {
      await symlink('elsewhere', join(site.one.folder, 'bounces/.oubli'))
      const said = await site.run('mail', 'bounces', 'bounces')
      expect(said.text).to.match(/E_BOUNCES_EMPTIED .*that can be read, found a link, or no file/)
      expect(said.text).to.match(/chmod 644 \S+\/bounces\/\.oubli.*[0-9a-f]{32}/)
      expect((await site.run('run')).exit).to.equal(4)
      expect(await people()).to.deep.equal(['1', '2', '3'])
    })

    it('are heard again when it is back', async () => {
      await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'empty'))
      await rename(join(site.one.folder, 'away'), join(site.one.folder, 'bounces'))
      expect((await site.run('run')).exit).to.equal(0)
      expect(await people()).to.deep.equal(['1'])
    })

    it('are not heard in a folder that only looks like it, nor in one with the mark of another', async () => {
      await mkdir(join(site.one.folder, 'bounces/done'))
      const refused = async () => {
        expect((await site.run('run')).exit).to.equal(4)
        expect(await people()).to.deep.equal(['1', '2', '3'])
      }
      await refused()
      await writeFile(join(site.one.folder, 'bounces/.oubli'), `${'0'.repeat(32)}\n`)
      await refused()
      const said = await site.run('mail', 'bounces', 'bounces')
      expect(said.text).to.match(/E_BOUNCES_EMPTIED .*found that of another folder/)
    })

    it('are heard again when somebody says that it was emptied, in the words that were asked for', async () => {
      const [, mark = ''] =
        /\.oubli`: ([0-9a-f]{32})/.exec((await site.run('mail', 'bounces', 'bounces')).text) ?? []
      await writeFile(join(site.one.folder, 'bounces/.oubli'), mark)
      expect((await site.run('run')).exit).to.equal(0)
      expect(await people()).to.deep.equal(['1'])
    })

    it('are heard in another folder of the settings', async () => {
      const settings = join(site.one.folder, 'config/oubli.yml')
      await writeFile(settings, (await readFile(settings, 'utf8')).replace('../bounces', '../empty'))
      await mkdir(join(site.one.folder, 'empty'))
      expect((await site.run('run')).exit).to.equal(0)
      expect(await people()).to.deep.equal(['1'])
    })
  })

  it('lie in a folder in which no mark can be left, which is told and known without one', async () => {
    const doctor = async () => (await site.one.oubli(['doctor'])).out
    await mkdir(join(site.one.folder, 'bounces/.oubli'))
    expect((await site.run('mail', 'deliver')).text).to.match(/bounces\.unmarked.*EEXIST/)
    expect(await site.files()).to.deep.equal(['done/1.taken'])
    expect(await doctor()).to.match(/warning.*bounces.*has no mark/)
    await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'away'))
    await mkdir(join(site.one.folder, 'bounces'))
    expect((await site.run('mail', 'bounces', 'bounces')).text).to.match(/E_BOUNCES_EMPTIED .*found neither/)
    await rm(join(site.one.folder, 'bounces'), { recursive: true })
    await rename(join(site.one.folder, 'away'), join(site.one.folder, 'bounces'))
    await rm(join(site.one.folder, 'bounces/.oubli'), { recursive: true })
    expect((await site.run('mail', 'deliver')).text).not.to.include('bounces.unmarked')
    expect(await readFile(join(site.one.folder, 'bounces/.oubli'), 'utf8')).to.match(/^[0-9a-f]{32}\n$/)
    expect(await doctor()).not.to.include('has no mark')
  })

  it('lie in a folder that an earlier version knew by what it put away, and that is marked at the next reading', async () => {
    await site.run('mail', 'deliver')
    const mark = join(site.one.folder, 'bounces/.oubli')
    const path = createHash('sha256').update(join(site.one.folder, 'bounces')).digest('hex')
    const before = async () => {
      await rm(mark, { force: true })
      const text = "UPDATE oubli_control SET value = ? WHERE name = 'bounce folder'"
      await site.one.database.run({ text, values: [path] })
    }
    await before()
    expect((await site.run('mail', 'deliver')).text).not.to.include('E_BOUNCES_EMPTIED')
    const id = (await readFile(mark, 'utf8')).trim()
    const noted = await site.rows("SELECT value FROM oubli_control WHERE name = 'bounce folder'")
    expect(noted).to.deep.equal([{ value: `${path.slice(0, 31)} ${id}` }])
    await before()
    await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'away'))
    await mkdir(join(site.one.folder, 'bounces'))
    expect((await site.run('mail', 'bounces', 'bounces')).text).to.match(/E_BOUNCES_EMPTIED .*found neither/)
  })

  it('and lie unread for longer than a day are told by doctor', async () => {
    const doctor = async (days: number) => {
      const said = await site.one.oubli(['doctor'], { clock: () => Date.now() + days * day })
      return said.out.split('\n').filter((line) => line.includes('mail.bounces.folder'))
    }
    expect(await doctor(0.9)).to.deep.equal([])
    const [line, ...more] = await doctor(1.1)
    expect(line).to.match(/warning.*bounces.*1 mail\(s\) lie unread in mail\.bounces\.folder/)
    expect(more).to.deep.equal([])
    await site.run('mail', 'deliver')
    expect(await doctor(9)).to.deep.equal([])
    await rename(join(site.one.folder, 'bounces'), join(site.one.folder, 'away'))
    expect((await doctor(0))[0]).to.match(/warning.*E_FILE_UNREADABLE/)
  })
})
