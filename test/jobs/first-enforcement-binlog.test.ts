/** What the first enforcement keeps of the binary log and of a restore: the server is told beforehand what it has to say. */
import { expect } from 'chai'
import { entryFrom } from '../../audit/entry-text.ts'
import type { PlanApprovedEntry } from '../../audit/entry.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { approved } from '../approve.ts'
import { eachServer, openOn, startMariaDb } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { siteFiles } from '../engine/site-files.ts'
import type { MariaDbServer } from '../mariadb-server.ts'
import type { Told } from './dossier-told.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)
/** Due on 1 June, the two on the 2nd, and one in years. */
const collected = ['2020-01-01', '2020-01-01', '2020-01-01', '2023-06-01', '2023-06-01', '2026-01-01']

interface Case {
  readonly title: string
  readonly flags: readonly string[]
  /** Said before the approval. */
  readonly set: string | null
  readonly entry: string | null
  readonly said: string
  readonly dossier: string
  readonly dossierFr: string
}

const cases: readonly Case[] = [
  {
    title: 'seven days, as the settings of the server say in days',
    flags: ['--log-bin=bin', '--server-id=1', '--expire-logs-days=7'],
    set: null,
    entry: '7',
    said: 'The binary log of the server keeps erased rows for 7 day(s).',
    dossier: 'The binary log of the server kept erased rows for 7 days.',
    dossierFr: 'Le journal binaire du serveur gardait les lignes effacées 7 jours.',
  },
  {
    title: 'thirty-six hours, which are two days begun',
    flags: ['--log-bin=bin', '--server-id=1', '--expire-logs-days=7'],
    set: 'SET GLOBAL binlog_expire_logs_seconds = 129600',
    entry: '2',
    said: 'The binary log of the server keeps erased rows for 2 day(s).',
    dossier: 'The binary log of the server kept erased rows for 2 days.',
    dossierFr: 'Le journal binaire du serveur gardait les lignes effacées 2 jours.',
  },
  {
    title: 'for ever',
    flags: ['--log-bin=bin', '--server-id=1'],
    set: 'SET GLOBAL expire_logs_days = 0',
    entry: '0',
    said: 'The binary log of the server keeps erased rows for ever.',
    dossier: 'The binary log of the server kept erased rows for ever.',
    dossierFr: 'Le journal binaire du serveur gardait les lignes effacées pour toujours.',
  },
  {
    title: 'none at all',
    flags: ['--skip-log-bin', '--expire-logs-days=7'],
    set: null,
    entry: null,
    said: 'The server has no binary log.',
    dossier: 'The server kept no binary log.',
    dossierFr: 'Le serveur ne gardait pas de journal binaire.',
  },
]

for (const { title, flags, set, entry, said, dossier, dossierFr } of cases)
  eachServer(`the first enforcement, with a binary log that is kept: ${title}`, (open) => {
    let server: MariaDbServer
    let database: Database
    let site: Installation
    before(async function () {
      this.timeout(240_000)
      // Only to share the skipping of databases that nobody asked for.
      await open()
      server = await startMariaDb({ flags })
      const root = await openOn(server.settings('mysql'))
      await sql(root, 'CREATE DATABASE site CHARACTER SET utf8mb4')
      if (set !== null) await sql(root, set)
      await root.close()
      database = await openOn(server.settings('site'))
      site = await install(database, siteFiles, at('2026-06-01'))
      await insert(
        database,
        'prospects',
        collected.map((day, id) => ({ id, email: `p${id}@mail.example`, collected_at: `${day} 08:00:00` })),
      )
      expect((await site.oubli(['run'])).exit).to.equal(0)
    })
    after(async () => {
      await site.close()
      await database.close()
      await server.stop()
    })

    it('says it, keeps it in the evidence and in the file, with who would come back today', async () => {
      const backup = ['--backup-taken', '2026-05-31', '--backup-kept-until', '2026-08-31']
      const words = (await approved(site, ['--by', 'DPO', ...backup])).out.split('\n')
      expect(words).to.include(said)
      expect(words).to.include('Backup of 2026-05-31, kept until 2026-08-31.')
      expect(words.filter((line) => /^Restored today/.test(line))[0]).to.match(/would bring back 0 people /)

      const leaves = await database.rows({ text: 'SELECT leaf FROM oubli_entry', values: [] })
      const [first] = leaves
        .map((row) => entryFrom(String(row['leaf'])))
        .filter((one): one is PlanApprovedEntry => one?.kind === 'plan.approved')
      expect(first?.first?.binlog_days).to.equal(entry)
      expect(first?.first?.backup).to.deep.equal({ taken: '2026-05-31', kept_until: '2026-08-31' })
      expect(first?.first?.comes_back).to.equal('0')

      // Three on the day of the approval, two on the next.
      for (const [day, back] of [
        ['2026-06-01', 3],
        ['2026-06-02', 5],
      ] as const) {
        await setSandboxNow(database, at(day) + 60_000)
        expect((await site.oubli(['run'])).exit).to.equal(0)
        expect(await toldIn('en'), day).to.deep.equal([
          'Backup of 31 May 2026, kept until 31 August 2026.',
          dossier,
          'Restored on the day of the approval, it would have brought back 0 erased people.',
          `Restored on the day of this file, it would bring back ${back} erased people; “oubli replay” erases them again.`,
        ])
      }
      expect((await toldIn('fr')).slice(0, 2)).to.deep.equal([
        'Sauvegarde du 31 mai 2026, gardée jusqu’au 31 août 2026.',
        dossierFr,
      ])
      // The day after its last the backup is over, and nothing comes back from it any more.
      await setSandboxNow(database, at('2026-09-01'))
      expect((await toldIn('en'))[0]).to.match(/kept until 31 August 2026\. \S/)
      expect((await toldIn('en')).join(' ')).not.to.match(/on the day of this file/)
    })

    async function toldIn(lang: string): Promise<readonly string[]> {
      const found = await site.oubli(['dossier', 'prospects', '--json', '--unmasked', '--lang', lang])
      expect(found.exit, found.text).to.equal(0)
      return (JSON.parse(found.out) as Told).firsts[0]?.lines ?? []
    }
  })
