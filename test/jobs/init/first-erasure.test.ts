/** A site that nobody here designed, from the proposal of `init` to its first erasures: every correction is listed. */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandbox, setSandboxNow } from '../../../db/server-clock.ts'
import { approved } from '../../approve.ts'
import { eachDatabase } from '../../databases.ts'
import { foreignSites } from './foreign-sites.ts'
import { build, insert, openSite, type Site } from './site.ts'

const start = Date.parse('2026-06-01T10:00:00Z')
const day = 86_400_000

type Correction = readonly [file: string, from: string, to: string]

/** The same words in both policies. */
const inEach: readonly (readonly [from: string, to: string])[] = [
  ['promise: todo', 'promise: inactivity'],
  ['status: observe', 'status: enforce'],
  ['"todo: what the data are for"', 'the forum'],
  ['"todo: contract, consent, legal obligation or legitimate interests"', 'contract'],
  [
    '"todo: why this period and not another, in a sentence that an auditor can read."',
    'The forum promises two years to its members.\napproved_by: DPO\napproved_on: 2026-05-01\nreview_by: 2027-05-01',
  ],
]

const corrections: readonly Correction[] = [
  ['data-map.yml', 'dpo: todo@todo.example', 'dpo: dpo@forum.example'],
  ['data-map.yml', 'https://todo.example', 'https://forum.example'],
  ['data-map.yml', 'stored_in: UTC', 'stored_in: Europe/Paris'],
  ...['inactive-membre.yml', 'visite.yml'].flatMap((file) =>
    inEach.map(([from, to]): Correction => [file, from, to]),
  ),
]

/** What no lint can know: whether somebody wants a policy to act, and in which zone the site wrote its dates. */
const unseen: readonly string[] = ['status: observe', 'stored_in: UTC']

/** Who has read a remark takes it away. */
async function settle(site: Site): Promise<void> {
  for (const [name, text] of await site.files()) {
    const kept = text
      .split('\n')
      .filter((line) => !/^\s*#/.test(line))
      .map((line) => line.replace(/ # todo.*$/, ''))
    await writeFile(join(site.folder, 'policies', name), kept.join('\n'))
  }
}

eachDatabase('what lint says of a foreign site', (open) => {
  it('is an error for each correction that was left out, but for those that it cannot know', async () => {
    const database = await open()
    await build(database, foreignSites.forum, `zq${randomBytes(5).toString('hex')}`)
    const site = await openSite(database)
    try {
      expect((await site.oubli('init', '--from-db')).exit).to.equal(0)
      const proposed = await site.files()
      for (const left of [null, ...corrections]) {
        for (const [name, text] of proposed) await writeFile(join(site.folder, 'policies', name), text)
        for (const one of corrections) if (one !== left) await site.correct(...one)
        await settle(site)
        const said = await site.oubli('lint')
        const passes = left === null || unseen.includes(left[1])
        expect(said.exit, `without ${left?.join(' ') ?? 'nothing'}\n${said.out}`).to.equal(passes ? 0 : 2)
        if (!passes) expect(said.out).to.match(/E_(ENFORCED|MAP)_TODO/)
      }
    } finally {
      await site.close()
    }
  })
})

eachDatabase('a foreign site, from the proposal to its first erasures', (open) => {
  it('needs the listed corrections, and then lets go exactly who and what is due', async function () {
    this.timeout(240_000)
    const database = await open()
    const mark = `zq${randomBytes(5).toString('hex')}`
    await createSandbox(database)
    await setSandboxNow(database, start)
    await build(database, foreignSites.forum, mark)
    // One who signed in last week, with an answer and a message, and a visit of yesterday.
    const now = start / 1000
    await insert(database, 'membres', {
      ...{ membre_no: 99, pseudo: mark, mail: `${mark}@forum.example`, mdp: 'x', inscrit_le: 1_500_000_000 },
      ...{ derniere_connexion: now - 7 * 86_400, ip: 3_232_235_777, code_postal: '75010' },
    })
    await insert(database, 'reponses', {
      ...{ id: 99, id_sujet: 1, membre_no: 99, texte: mark, posted: now - 8 * 86_400, ip: 3_232_235_777 },
    })
    await insert(database, 'visites', { id: 99, at: now - 86_400, remote_addr: 3_232_235_777, ua: null })
    const site = await openSite(database)
    const counts = async (): Promise<Readonly<Record<string, number>>> => {
      const found: Record<string, number> = {}
      for (const table of ['membres', 'reponses', 'sujets', 'messages_prives', 'visites', 'rubriques']) {
        const [row] = await database.rows({ text: `SELECT COUNT(*) AS n FROM ${table}`, values: [] })
        found[table] = Number(row?.['n'])
      }
      return found
    }
    const done = async (...argv: readonly string[]): Promise<string> => {
      const said = await site.oubli(...argv)
      expect(said.exit, `${argv.join(' ')}: ${said.out}\n${said.err}`).to.equal(0)
      return said.out
    }
    try {
      await done('init', '--from-db')
      for (const [file, from, to] of corrections) await site.correct(file, from, to)
      await settle(site)
      await done('migrate')
      await done('lint')
      await done('doctor')
      const before = await counts()
      await done('run')
      expect(await counts()).to.deep.equal(before)
      await approved({ oubli: (argv) => site.oubli(...argv) })
      // What nobody has to be told goes at once; members are told first.
      await done('run')
      expect(await counts()).to.deep.equal({ ...before, visites: 1 })
      for (let ahead = 5; ahead <= 45; ahead += 5) {
        // Nobody goes before the thirty days of notice are over.
        if (ahead === 35) expect((await counts())['membres']).to.equal(before['membres'])
        await setSandboxNow(database, start + ahead * day)
        await done('run')
      }
      expect(await counts()).to.deep.equal({
        ...{ membres: 1, reponses: 1, sujets: 0, messages_prives: 0, visites: 1, rubriques: 14 },
      })
      const [left] = await database.rows({ text: 'SELECT membre_no FROM membres', values: [] })
      expect(left?.['membre_no']).to.equal('99')
      expect(await readFile(join(site.folder, 'oubli.log'), 'utf8')).not.to.include(mark)
    } finally {
      await site.close()
    }
  })
})
