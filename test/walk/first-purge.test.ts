/**
 * The road of docs/first-purge.md, command by command, on MariaDB, against a shop with years of backlog.
 * `npm run walk` does it with 400,000 people instead of 3,000, and says what each command cost.
 */
import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { main } from '../../cli/main.ts'
import { packageRoot } from '../../config/files.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import { databaseUrlSettings, eachServer, type Open } from '../databases.ts'
import { report } from '../mail/report.ts'
import { expectApart, openApart, type Apart } from '../own-schema.ts'
import { quickPace } from '../quick-pace.ts'
import { startRelay, type Relay } from '../scenarios/relay.ts'
import { leads, unsaid } from './leads.ts'
import { buildOldShop } from './old-shop.ts'
import { readPage, shape, withoutIds, words, type PageStep } from './page.ts'
import { Stopwatch } from './stopwatch.ts'

/** The number that the page tells of. */
const ofThePage = 3000
const people = Number(process.env['OUBLI_WALK_PEOPLE'] ?? ofThePage)
const loud = process.env['OUBLI_WALK_PEOPLE'] !== undefined
const day = 86_400_000
/** A Thursday, ten in the morning in Paris. */
const start = Date.parse('2026-11-26T09:00:00Z')

/** The large walk measures; where our tables stand changes nothing in that. */
const places = loud ? ['beside those of the site'] : ['beside those of the site', 'in their own schema']

for (const place of places)
  eachServer(`the first purge of an old site, our tables ${place}`, (open) => {
    walk(open, place === 'in their own schema')
  })

function walk(open: Open, isApart: boolean): void {
  let database: Database
  let apart: Apart | null = null
  let folder: string
  let relay: Relay
  let now = start
  let stopwatch: Stopwatch

  before(async function () {
    this.timeout(0)
    if (isApart) apart = await openApart(open)
    database = apart?.database ?? (await open())
    relay = await startRelay()
    folder = await mkdtemp(join(tmpdir(), 'oubli-walk-'))
    stopwatch = new Stopwatch(database)
    await stopwatch.time('(the shop is built)', () => buildOldShop(database, now, people))
    await cp(join(packageRoot(), 'policies/sample-shop'), join(folder, 'policies'), { recursive: true })
    await mkdir(join(folder, 'bounces/new'), { recursive: true })
    await mkdir(join(folder, 'auditor'))
    await writeFile(join(folder, 'oubli.yml'), JSON.stringify(settings(), null, 2))
  })
  after(async () => {
    if (loud) process.stdout.write(`\n${stopwatch.lines().join('\n')}\n`)
    await relay.close()
    await apart?.close()
    await rm(folder, { recursive: true, force: true })
  })

  function settings(): unknown {
    const { settings: at } = databaseUrlSettings(database)
    if (at.client === 'sqlite') throw new Error('the walk needs a server')
    const { host, port, user, database: name } = at
    return {
      database: apart?.section ?? { mysql: { host, port, user, database: name } },
      policies: 'policies',
      evidence: {
        folder: 'evidence',
        origin: 'boutique.example/oubli',
        signing_key_file: 'keys/signing-key',
        secret_file: 'keys/secret',
        sinks: { folder: 'auditor' },
      },
      mail: {
        transport: 'smtp',
        host: '127.0.0.1',
        port: relay.port,
        tls: 'none-on-loopback',
        from: { name: 'Boutique', address: 'privacy@boutique.example' },
        reply_to: 'privacy@boutique.example',
        per_minute: 600_000,
        language: 'en',
        bounces: { folder: 'bounces' },
        warm_up: { first_day: 500, growth: 1.5, daily_cap: 20_000 },
      },
      schedule: { zone: 'Europe/Paris' },
      pace: quickPace,
      log: { level: 'error' },
    }
  }

  async function oubli(argv: readonly string[]): Promise<{ exit: number; text: string; out: string }> {
    const [all, out]: [string[], string[]] = [[], []]
    const world: Parameters<typeof main>[1] = {
      out: (line) => void (all.push(line), out.push(line)),
      err: (line) => void all.push(line),
      input: () => Promise.resolve(''),
      env: { LANG: 'en' },
      cwd: folder,
      clock: systemClock,
      random: (bytes) => randomBytes(bytes),
      stop: () => null,
    }
    const exit = await stopwatch.time(named(argv), () =>
      main([...argv, '--config', join(folder, 'oubli.yml')], world),
    )
    return { exit, text: all.join('\n'), out: out.join('\n') }
  }

  /** A delivery takes 2,000 mails at most. */
  async function deliverAll(): Promise<void> {
    for (;;) {
      const sent = await oubli(['mail', 'deliver', '--json'])
      expect(sent.exit, sent.text).to.equal(0)
      if ((JSON.parse(sent.out) as { accepted: number }).accepted === 0) return
    }
  }

  async function daysPass(days: number, atATime: number): Promise<void> {
    for (let done = 0; done < days; done += atATime) {
      now += atATime * day
      await setSandboxNow(database, now)
      const warned = await oubli(['run', '--only', 'warn'])
      expect(warned.exit, warned.text).to.equal(0)
      await deliverAll()
    }
  }

  /** People who never sign in any more write to the support. */
  async function peopleWrite(): Promise<void> {
    await database.run({
      text: `INSERT INTO tickets (user_id, subject, opened_at)
        SELECT id, 'Guarantee', ? FROM users WHERE id % 90 = 1 AND id % 3 <> 0 AND role = 'customer'`,
      values: ['2026-10-05 12:00:00'],
    })
  }

  async function ticketsJoinTheClock(): Promise<void> {
    const file = join(folder, 'policies/data-map.yml')
    const text = await readFile(file, 'utf8')
    const line = '          - { column: device_logins.seen_at, format: epoch seconds }\n'
    expect(text).to.include(line)
    await writeFile(file, text.replace(line, `${line}          - tickets.opened_at\n`))
  }

  async function theTestComesBack(): Promise<void> {
    const token = /^Message-ID:\s*<([0-9a-f]{32})@/im.exec(relay.taken.at(-1)?.text ?? '')?.[1] ?? ''
    await writeFile(join(folder, 'bounces/new/1'), report({ token }))
  }

  async function somebodyWarned(): Promise<string> {
    const [row] = await database.rows({
      text: 'SELECT MIN(subject_id) AS id FROM oubli_pending_deletions',
      values: [],
    })
    return String(row?.['id'])
  }

  /** Who signed in of late, works for the shop, or wrote to it: the only policy that acts may take none of them. */
  async function alive(): Promise<number> {
    const [row] = await database.rows({
      text: `SELECT COUNT(*) AS n FROM users WHERE id % 3 = 0 OR role <> 'customer'
        OR id IN (SELECT user_id FROM tickets WHERE subject = 'Guarantee')`,
      values: [],
    })
    return Number(row?.['n'])
  }

  async function accounts(): Promise<number> {
    const [row] = await database.rows({ text: 'SELECT COUNT(*) AS n FROM users', values: [] })
    return Number(row?.['n'])
  }

  it('goes as the page says', async function () {
    this.timeout(loud ? 0 : 1_800_000)
    const page: PageStep[] = [...(await readPage())]

    const walked: string[] = []

    /** `fill`: what stands in the place of a word of the page. `how`: tells two steps with one command apart. */
    async function step(
      command: string,
      exit = 0,
      fill: Readonly<Record<string, string>> = {},
      how = '',
    ): Promise<string> {
      const next = page.shift()
      expect(next?.command, 'the next command of the page').to.equal(command)
      const said = await oubli(words(command).map((word) => fill[word] ?? word))
      if (loud) process.stdout.write(`\n$ oubli ${command}\n${said.text}\n`)
      expect(said.exit, `${command}\n${said.text}`).to.equal(exit)
      const last = said.text.trimEnd().split('\n').at(-1) ?? ''
      const read = people === ofThePage ? withoutIds : shape
      const other = people === ofThePage ? null : (next?.saysInstead ?? null)
      const says = read(last) === read(other ?? '') ? other : next?.says
      expect(read(last), `the last line of ${command}: ${last}`).to.equal(read(says ?? ''))
      const named = exit === 0 ? `${command}${how}` : `${command} (refused)`
      walked.push(named)
      expect(unsaid(named, said.text), `what "${named}" leaves unsaid\n${said.text}`).to.deep.equal([])
      return said.text
    }

    await step('migrate')
    await step('init --from-db --to proposed')
    await step('lint')
    await step('doctor')

    await peopleWrite()
    const aliveBefore = await alive()
    expect(aliveBefore).to.be.greaterThan(people / 3)
    await step('doctor --clocks', 4)
    await ticketsJoinTheClock()
    await step('doctor --clocks')

    await step('mail selftest --to nobody@boutique.example')
    await theTestComesBack()
    await step('mail bounces bounces')

    await step('run', 0, {}, ' (observing)')
    await step('plan')
    const fingerprint = (JSON.parse((await oubli(['plan', '--json'])).out) as { fingerprint: string })
      .fingerprint
    await step(
      'approve 9eff0ef6ec9ad819 --policy inactive-accounts --by DPO --backup-taken 2026-11-25 --backup-kept-until 2027-05-31',
      0,
      { '9eff0ef6ec9ad819': fingerprint.slice(0, 16) },
    )

    await step('run --only warn')
    await step('mail deliver')
    await daysPass(30, 3)
    const kept = await somebodyWarned()
    await step('request keep account 16 --because "asked by phone, password lost" --by Support', 0, {
      16: kept,
    })
    await daysPass(30, 3)

    const before = await accounts()
    await step('run --policy inactive-accounts --pilot 10')
    await step('run --policy inactive-accounts --pilot 100')
    await step('run --policy inactive-accounts --pilot 1000')
    expect(before - (await accounts()), 'people who went in pilots').to.equal(1110)
    await step('audit verify --key keys/signing-key.verifier', 0, {
      'keys/signing-key.verifier': join(folder, 'keys/signing-key.verifier'),
    })
    await step('run')
    expect(await alive(), 'who is alive').to.equal(aliveBefore)
    const [keptRow] = await database.rows({ text: 'SELECT id FROM users WHERE id = ?', values: [kept] })
    expect(keptRow, 'who asked to stay').not.to.equal(undefined)
    await step('dossier inactive-accounts --html dossier.html')
    await step('report --html report.html')
    expect(page, 'steps of the page that were not walked').to.deep.equal([])
    const unused = leads.filter((one) => !walked.some((named) => one.step.test(named)))
    expect(unused, 'entries of the list that no step needs').to.deep.equal([])
    if (apart !== null) await expectApart(apart)
  })
}

/** The command without what differs from day to day. */
function named(argv: readonly string[]): string {
  const told = (word: string, i: number): boolean =>
    (i < 2 && !/^[0-9a-f]{8,}$/.test(word)) ||
    /^--(only|pilot|json|clocks)$/.test(word) ||
    /^--(only|pilot)$/.test(argv[i - 1] ?? '')
  return argv.filter(told).join(' ')
}
