/** The file on a policy that began with a backlog: contradictions, backup, pilots and curve, as the database has them. */
import { expect } from 'chai'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setSandboxNow } from '../../db/server-clock.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import type { Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { faultsOf } from '../report/html.ts'
import { clockFiles, clockRows, plantedSigns } from './clock-site.ts'
import type { Told } from './dossier-told.ts'
import { installFilled, smallNow } from './small-site.ts'

/** Silent on 1 June 2026 under a term of three years; the site began in 2010. */
const silent =
  "COALESCE(m.last_seen_at, m.created_at) < '2023-05-31 22:00:00' AND COALESCE(m.last_seen_at, m.created_at) >= '2010-01-04'"

eachDatabase('oubli dossier, of a policy that began with a backlog', (open) => {
  let site: Installation
  before(async () => {
    site = await installFilled(open, clockFiles(), clockRows)
    const ids = Array.from({ length: 60 }, (_, i) => 100 + i)
    const old = '2020-01-01 08:00:00'
    await insert(
      site.database,
      'members',
      ids.map((id) => ({ id, email: `m${id}@mail.example`, created_at: old, last_seen_at: old })),
    )
    // Thirty ordered in the summer of 2024 and again before, two in 2025.
    await insert(
      site.database,
      'orders',
      ids.slice(0, 32).flatMap((id, i) => [
        { id: id * 10, member_id: id, placed_at: '2024-02-01 08:00:00' },
        { id: id * 10 + 1, member_id: id, placed_at: i < 30 ? '2024-07-01 08:00:00' : '2025-07-01 08:00:00' },
      ]),
    )
    expect((await site.oubli(['run'])).exit).to.equal(0)
  })
  after(() => site.close())

  const number = async (text: string): Promise<string> =>
    String(Object.values((await site.database.rows({ text, values: [] }))[0] ?? {})[0])
  const told = async (...argv: string[]): Promise<Told> => {
    const found = await site.oubli(['dossier', 'members', '--json', ...argv])
    expect(found.exit, found.text).to.equal(0)
    return JSON.parse(found.out) as Told
  }
  const waive = (waived: readonly string[]) =>
    writeFile(
      join(site.folder, 'policies/data-map.yml'),
      clockFiles(waived.map((name) => `${name}: Written by an import, not by people.`)).dataMap,
    )
  const orderedIn = (year: number): Promise<string> =>
    number(
      `SELECT COUNT(*) FROM members m WHERE ${silent} AND (SELECT MAX(o.placed_at) FROM orders o WHERE o.member_id = m.id AND o.placed_at < '2026-06-01 10:00:00') BETWEEN '${Math.max(year, 2023)}-01-01' AND '${year}-12-31'`,
    )

  it('says what contradicts its clock today, as the database has it, or that nobody looked', async () => {
    const { clock, firsts, pilots, backlogs } = await told('--unmasked')
    const all = await number(`SELECT COUNT(*) FROM members m WHERE ${silent}`)
    expect(clock.text).to.match(new RegExp(`calls ${all} people silent\\. 42 of them did something later`))
    const orders = clock.signs.find(({ column }) => column === 'orders.placed_at')
    const [in2024, in2025] = [await orderedIn(2024), await orderedIn(2025)]
    expect(orders).to.include({
      people: String(Number(in2024) + Number(in2025)),
      years: `2024: ${in2024}, 2025: ${in2025}`,
      verdict: 'contradicts the clock',
    })
    expect(clock.signs.map(({ column }) => column)).to.have.members(Object.keys(plantedSigns))
    expect([firsts, pilots, backlogs]).to.deep.equal([[], [], []])
    const skipped = await told('--no-clocks')
    expect(skipped.clock.signs).to.deep.equal([])
    expect(skipped.clock.text).to.match(/^Not looked for: it was left out/)
  })

  it('hides small counts there, too, also from whoever subtracts', async () => {
    const { clock } = await told()
    const orders = clock.signs.find(({ column }) => column === 'orders.placed_at')
    expect(orders).to.include({ people: '≥\u00a032', years: '2024: 32, 2025: <5' })
    expect(clock.text).to.match(/ ≥\u00a032 of them/)
    expect(
      clock.signs.filter(({ column }) => column !== 'orders.placed_at').map(({ people }) => people),
    ).to.deep.equal(Array.from({ length: 7 }, () => '<5'))
  })

  it('says how it began: the backup, the pilots, the backlog', async () => {
    await waive(Object.keys(plantedSigns))
    const waived = await told('--unmasked')
    expect(waived.clock.text).to.match(/does not count, for the reasons above\.$/)
    for (const { verdict } of waived.clock.signs) expect(verdict).to.match(/^does not count, as declared/)
    const overdue = await number(`SELECT COUNT(*) FROM members m WHERE ${silent}`)
    await approved(site, ['--by', 'DPO', '--backup-taken', '2026-05-31', '--backup-kept-until', '2026-06-30'])
    await setSandboxNow(site.database, smallNow + 60_000)
    const ten = await site.oubli(['run', '--policy', 'members', '--pilot', '10'])
    expect(ten.exit, ten.text).to.equal(0)
    const { firsts, pilots, backlogs } = await told('--unmasked')
    const erased = await number("SELECT COUNT(*) FROM oubli_tombstone WHERE act = 'erased'")
    expect(erased).to.equal('10')
    expect(firsts).to.have.length(1)
    expect(firsts[0]?.approved).to.equal('Approved on 1 June 2026')
    const [backup, binlog, ...restored] = firsts[0]?.lines ?? []
    expect(backup).to.equal('Backup of 31 May 2026, kept until 30 June 2026.')
    // In days: first-enforcement-binlog.test.ts.
    expect(binlog).to.match(/^(The server kept no|The binary log of the server kept erased) /)
    expect(restored).to.deep.equal([
      'Restored on the day of the approval, it would have brought back 0 erased people.',
      `Restored on the day of this file, it would bring back ${erased} erased people; “oubli replay” erases them again.`,
    ])
    expect(pilots).to.have.length(1)
    expect(pilots[0]).to.include({ done: '10', clean: true, terms: '' })
    expect(pilots[0]?.id).to.equal(await number('SELECT id FROM oubli_run WHERE pilot = 10'))
    expect((await site.oubli(['audit', 'receipt', pilots[0]?.id ?? ''])).out).to.match(
      /^c2sp\.org\/tlog-proof/,
    )
    const left = await number(`SELECT COUNT(*) FROM members m WHERE ${silent}`)
    expect(backlogs[0]?.text)
      .to.include(`${overdue} people were past their term`)
      .and.include(`Left now: ${left}.`)
    expect(backlogs[0]?.rows[0]).to.include({ month: '1 June 2026', left: overdue })
  })

  it('has all of it on the page and in the terminal, in both languages', async () => {
    for (const [lang, words] of [
      [
        'en',
        [
          'Its pilots',
          'Its backlog against the promise',
          'What a restore would bring back',
          'does not count, as declared',
        ],
      ],
      [
        'fr',
        [
          'Ses essais',
          'Son retard face à la promesse',
          'Ce qu’une restauration ramènerait',
          'ne compte pas, selon la déclaration',
        ],
      ],
    ] as const) {
      const file = join(site.folder, `${lang}.html`)
      const text = await site.oubli(['dossier', 'members', '--lang', lang, '--html', file])
      const html = await readFile(file, 'utf8')
      expect(faultsOf(html), lang).to.deep.equal([])
      expect(html, lang).not.to.match(/\{\{|undefined|\[object/)
      expect(html.match(/<rect class="bar"/g), lang).not.to.equal(null)
      for (const word of words) {
        expect(text.out).to.include(word)
        expect(html).to.include(word)
      }
    }
  })

  it('tells a pilot that was not clean, one of other terms, and a backup whose day has passed', async () => {
    await setSandboxNow(site.database, smallNow + 31 * 86_400_000)
    await approved(site, ['--by', 'DPO'])
    await setSandboxNow(site.database, smallNow + 31 * 86_400_000 + 60_000)
    const argv = ['run', '--policy', 'members', '--pilot', '100', '--accept-clock-gap']
    const said = await site.oubli(argv, {
      point: async (point) => {
        if (point === 'committed')
          await sql(
            site.database,
            "INSERT INTO files SELECT 900 + COUNT(*), 'member', 105, '2020-01-01 08:00:00' FROM files",
          )
      },
    })
    expect(said.exit, said.text).to.equal(3)
    const file = join(site.folder, 'policies/members.yml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('3 years', '2 years'))
    const { firsts, pilots } = await told('--unmasked')
    expect(firsts[0]?.lines[0]).to.match(/That day has passed: as declared, it is no longer there\.$/)
    expect(firsts[0]?.lines.join(' ')).not.to.include('on the day of this file')
    expect(pilots.map(({ found }) => found.split(':')[1])).to.deep.equal([
      ' something of what it did was still there',
      ' asked again, nothing left',
    ])
    expect(new Set(pilots.map(({ terms }) => terms))).to.deep.equal(new Set(['under other terms']))
  })
})
