/** The page of the report, end to end: what it says in words, and that its drawings say the same as its tables. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../db/session.ts'
import { approved } from '../approve.ts'
import { eachDatabase, eachServer, openOn, startMariaDb } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { quickPace } from '../quick-pace.ts'
import { siteFiles } from '../engine/site-files.ts'
import type { MariaDbServer } from '../mariadb-server.ts'
import { blocksOf, rowsOf, sectionOf, textOf } from '../report/html.ts'
import { reportOf } from './report-read.ts'

const asOf = Date.parse('2026-06-01T10:00:00Z')
const languages = ['en', 'fr'] as const
type Lang = (typeof languages)[number]

const both = { en: 0, fr: 1 } as const
const two = (value: number): string => String(value).padStart(2, '0')

/** Rows of eight years, more of them in some months than in others. */
async function fill(database: Database): Promise<void> {
  const days = Array.from({ length: 1300 }, (_, i) => {
    const month = (i * i + i * 7) % 99
    return `${2018 + Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(2 + (i % 24))} 12:00:00`
  })
  // Two months with a count that is hidden.
  const people = [
    ...days.slice(0, 240),
    ...Array.from({ length: 3 }, () => '2024-01-15 12:00:00'),
    ...Array.from({ length: 2 }, () => '2025-10-15 12:00:00'),
  ]
  await insert(
    database,
    'prospects',
    people.map((collected_at, id) => ({ id, email: `p${id}@mail.example`, collected_at })),
  )
  await insert(
    database,
    'page_views',
    days.map((visited_at, id) => ({ id, ip: '10.0.0.1', visited_at })),
  )
}

async function pageOf(site: Installation, lang: Lang, ...more: readonly string[]): Promise<string> {
  const file = join(site.folder, `page-${lang}.html`)
  const said = await site.oubli(['report', '--html', file, '--lang', lang, ...more])
  expect(said.exit, said.text).to.equal(0)
  return await readFile(file, 'utf8')
}

async function acted(site: Installation): Promise<void> {
  await fill(site.database)
  expect((await site.oubli(['run'])).exit).to.equal(0)
  const backup = ['--by', 'DPO', '--backup-taken', '2026-05-31', '--backup-kept-until', '2026-08-30']
  await approved(site, backup)
  expect((await site.oubli(['run'])).exit).to.equal(0)
}

const backups = [
  'as declared, the backup of 31 May 2026 is kept until 30 August 2026; how long later ones are kept, the controller has to say',
  'selon la déclaration, la sauvegarde du 31 mai 2026 est gardée jusqu’au 30 août 2026 ; le responsable du traitement doit dire combien de temps le sont les suivantes',
] as const

/** The table of the copies that outlive an erasure: place → how long. */
async function residualOf(site: Installation, lang: Lang): Promise<ReadonlyMap<string, string>> {
  const rows = rowsOf(sectionOf(await pageOf(site, lang), 'residual'))
  return new Map(rows.slice(1).map(([place = '', long = '']) => [place, long]))
}

eachDatabase('the page of the report', (open) => {
  let site: Installation
  before(async function () {
    this.timeout(600_000)
    site = await install(await open(), siteFiles, asOf)
  })
  after(() => site.close())

  it('knows no backup before one was named', async () => {
    expect((await reportOf(site)).residual.backup).to.equal(null)
    expect((await residualOf(site, 'en')).get('Backups')).to.match(/^until they are overwritten: not known/)
  })

  it('says what a deletion leaves on this server', async function () {
    this.timeout(600_000)
    await acted(site)
    const { residual } = await reportOf(site)
    expect(residual).to.include({ binlogDays: null, binlogImage: null, replicas: 0 })
    expect(residual.backup).to.deep.equal({ state: 'named', taken: '2026-05-31', keptUntil: '2026-08-30' })
    for (const lang of languages) {
      const rows = [...(await residualOf(site, lang)).entries()]
      const texts = rows.map(([place, long]) => `${place}: ${long}`).join('\n')
      expect(texts).to.contain(
        ['Binary log of the server: there is none', 'Journal binaire du serveur: il n’y en a pas'][
          both[lang]
        ],
      )
      expect(texts).to.contain(backups[both[lang]])
      expect(texts).to.contain(['Replicas: none named', 'Réplicas: aucun dans les réglages'][both[lang]])
    }
    const english = await residualOf(site, 'en')
    const head = textOf(sectionOf(await pageOf(site, 'en'), 'residual'))
    if (site.database.dialect.name === 'sqlite') {
      const [row] = await site.database.rows({ text: 'PRAGMA secure_delete', values: [] })
      const wipes = String(Object.values(row ?? {})[0]) === '1'
      expect([residual.wipes, residual.history]).to.deep.equal([wipes, null])
      expect(english.get('Pages of the data files')).to.match(wipes ? /^overwritten/ : /^until they are used/)
      expect(english.has('Old versions of rows (undo)')).to.equal(false)
      expect(head).to.contain('SQLite 3.')
    } else {
      const [row] = await site.database.rows({ text: 'SELECT VERSION() AS version', values: [] })
      expect(head).to.contain(String(row?.['version']))
      expect(residual.history).to.be.a('number')
      expect(english.get('Old versions of rows (undo)')).to.match(/^[\d,]+ transactions wait/)
    }
  })

  it('tells each policy in the words of `oubli describe`', async () => {
    for (const lang of languages) {
      const page = textOf(sectionOf(await pageOf(site, lang), 'promises'))
      for (const id of ['prospects', 'page-views', 'old-receipts']) {
        const { out } = await site.oubli(['describe', id, '--lang', lang])
        const sentence = textOf(out.split('\n').slice(1).join(' ')).trim()
        expect(sentence.length, out).to.be.greaterThan(30)
        expect(page).to.contain(sentence)
      }
    }
  })

  it('has the newest checkpoint, and a command that verifies when it is typed', async () => {
    for (const lang of languages) {
      const evidence = sectionOf(await pageOf(site, lang), 'evidence')
      const [command = '', key = '', checkpoint] = blocksOf(evidence)
      const [oubli, ...argv] = command.split(' ')
      expect([oubli, ...argv.slice(0, 3)]).to.deep.equal(['oubli', 'audit', 'verify', '--key'])
      expect(argv[3]).to.equal(key)
      expect(key).to.equal(await keyText(site))
      const said = await site.oubli(argv)
      expect([said.exit, said.out.split('\n').at(-1)?.slice(0, 8)]).to.deep.equal([0, 'VERIFIED'])
      const signed = await readFile(join(site.folder, 'evidence/checkpoint'), 'utf8')
      expect(checkpoint).to.equal(signed.trimEnd())
      const [row] = await site.database.rows({ text: 'SELECT COUNT(*) AS n FROM oubli_entry', values: [] })
      expect(textOf(evidence)).to.contain(
        lang === 'en'
          ? `${Number(row?.['n'])} entries are sealed`
          : `${Number(row?.['n'])} entrées sont scellées`,
      )
    }
  })

  it('draws what its tables say, and hidden counts all alike', async () => {
    for (const masked of [false, true]) {
      const page = await pageOf(site, 'en', '--exact', ...(masked ? [] : ['--unmasked']))
      const forecast = sectionOf(page, 'forecast')
      const cells = new Map<string, string[]>()
      for (const [id = '', ...row] of rowsOf(forecast).filter(([first]) => first !== 'Policy'))
        cells.set(id, [...(cells.get(id) ?? []), ...row.slice(0, 12)])
      const figures = [...forecast.matchAll(/<figure>[\s\S]*?<\/figure>/g)].map(([figure]) => figure)
      expect(figures).to.have.length(cells.size).and.not.have.length(0)
      for (const figure of figures) {
        const id = /<strong>(.*?)<\/strong>/.exec(figure)?.[1] ?? ''
        expect(barsOf(figure), id).to.deep.equal(barsFor(cells.get(id) ?? []))
      }
      expect(forecast.includes('class="few"')).to.equal(masked)
    }
  })

  it('marks what is an estimate or a lower bound, and nothing that was counted', async () => {
    const scope = site.database.dialect.name === 'sqlite' ? /^≥ [1-9]/ : /^(≈ )?[1-9]/
    await insert(
      site.database,
      'page_views',
      Array.from({ length: 1200 }, (_, i) => ({ id: 5000 + i, ip: null, visited_at: '2026-05-02 12:00:00' })),
    )
    for (const lang of languages) {
      const lines = (page: string) =>
        rowsOf(sectionOf(page, 'summary')).map((row) => row.slice(-8).map((cell) => cell.replace(/\s/g, ' ')))
      const estimated = lines(await pageOf(site, lang, '--unmasked'))
      const views = estimated.find(([id]) => id === 'page-views') ?? []
      expect(views[1]).to.match(scope)
      expect(views[6]).to.match(lang === 'en' ? /^≈ \d+ \w+ 2026$/ : /^≈ \d+(er)? \S+ 2026$/)
      const people = estimated.find(([id]) => id === 'prospects') ?? []
      expect(people[6]).to.match(/^≈ \d+/)
      const basis = textOf(sectionOf(await pageOf(site, lang), 'summary'))
      expect(basis).to.contain(
        lang === 'en' ? 'Figures and days with ≈ are estimates' : 'Les chiffres et les jours marqués ≈',
      )
      const forecast = rowsOf(sectionOf(await pageOf(site, lang, '--unmasked'), 'forecast')).flat()
      expect(forecast.filter((cell) => /^[≈≥]/.test(cell))).to.have.length.greaterThan(30)
      const counted = await pageOf(site, lang, '--unmasked', '--exact')
      for (const id of ['summary', 'promises', 'forecast'])
        expect(textOf(sectionOf(counted, id)), id).not.to.match(/[≈≥]/)
      expect(lines(counted).find(([id]) => id === 'page-views')?.[6]).to.match(/^\d/)
    }
  })

  it('lists what nothing rules', async () => {
    expect(textOf(sectionOf(await pageOf(site, 'en'), 'coverage'))).to.contain(
      'Every column that looks personal',
    )
    await sql(site.database, 'ALTER TABLE prospects ADD COLUMN phone VARCHAR(40) NULL')
    await sql(site.database, 'CREATE TABLE callers (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(190))')
    for (const lang of languages) {
      const page = await pageOf(site, lang)
      const items = [...sectionOf(page, 'coverage').matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([item]) =>
        textOf(item),
      )
      expect(items).to.deep.equal(
        lang === 'en'
          ? ['column phone of prospects', 'table callers (column email)']
          : ['colonne phone, table prospects', 'table de la base callers (colonne email)'],
      )
      expect(textOf(sectionOf(page, 'summary'))).to.contain(lang === 'en' ? '<5 gaps:' : '<5 lacunes')
    }
  })
})

async function keyText({ folder }: Installation): Promise<string> {
  return (await readFile(join(folder, 'keys/signing-key.verifier'), 'utf8')).trim()
}

interface Bar {
  readonly month: number
  readonly height: number
  readonly few: boolean
}

/** A month is eight units wide. */
function barsOf(figure: string): readonly Bar[] {
  return [
    ...figure.matchAll(/<rect class="(bar|few)" x="([\d.]+)" y="[\d.]+" width="[\d.]+" height="([\d.]+)"/g),
  ].map(([, look, x, height]) => ({
    month: (Number(x) - 1) / 8,
    height: Number(height),
    few: look === 'few',
  }))
}

/** By the table: 54 units for the largest number, never lower than a hair; hidden ones all five. */
function barsFor(cells: readonly string[]): readonly Bar[] {
  const numbers = cells.map((cell) => (cell.startsWith('<') ? -1 : Number(cell.replace(/\D/g, ''))))
  const most = Math.max(1, ...numbers)
  return numbers.flatMap((rows, month) => {
    if (rows === 0) return []
    const height = rows < 0 ? 5 : Math.max(1.5, (rows / most) * 54)
    return [{ month, height: Math.round(height * 100) / 100, few: rows < 0 }]
  })
}

eachServer('the page of the report, with a binary log', (open) => {
  let server: MariaDbServer
  let database: Database
  let site: Installation
  before(async function () {
    this.timeout(240_000)
    // Only to share the skipping of databases that nobody asked for.
    await open()
    server = await startMariaDb({
      flags: [
        ...['--log-bin=bin', '--server-id=1', '--binlog-format=ROW', '--binlog-row-image=FULL'],
        '--binlog-expire-logs-seconds=345600',
      ],
    })
    const root = await openOn(server.settings('mysql'))
    await sql(root, 'CREATE DATABASE site CHARACTER SET utf8mb4')
    await root.close()
    database = await openOn(server.settings('site'))
    const pace = { ...quickPace, replicas: '127.0.0.1:1, 127.0.0.1:2' }
    site = await install(database, { ...siteFiles, pace }, asOf)
  })
  after(async () => {
    await site.close()
    await database.close()
    await server.stop()
  })

  it('says how long erased rows live on in it, and that some live for ever', async () => {
    const { residual } = await reportOf(site)
    expect(residual).to.include({ binlogDays: 4, binlogImage: 'FULL', wipes: null })
    expect((await residualOf(site, 'en')).get('Binary log of the server')).to.equal(
      '4 days; every column of an erased row stands in it',
    )
    expect((await residualOf(site, 'fr')).get('Journal binaire du serveur')).to.equal(
      '4 jours; chaque colonne d’une ligne effacée y figure',
    )
    await sql(database, 'SET GLOBAL binlog_expire_logs_seconds = 0')
    await sql(database, "SET GLOBAL binlog_row_image = 'MINIMAL'")
    expect((await reportOf(site)).residual).to.include({ binlogDays: 0, binlogImage: 'MINIMAL' })
    expect((await residualOf(site, 'en')).get('Binary log of the server')).to.equal(
      'for ever: set binlog_expire_logs_seconds; row image MINIMAL',
    )
    expect(textOf(sectionOf(await pageOf(site, 'en'), 'summary'))).to.contain('never expires')
  })

  it('says on how many replicas they live on as well', async () => {
    expect((await reportOf(site)).residual.replicas).to.equal(2)
    expect((await residualOf(site, 'en')).get('Replicas')).to.match(/^2 named in the settings/)
    expect((await residualOf(site, 'fr')).get('Réplicas')).to.match(/^2 /)
  })
})
