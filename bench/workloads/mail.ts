/** Warnings that wait, sent by `oubli mail deliver`, against a pool that composes each; and a limit that two share. */
import { connect as connectSocket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/mariadb-server.ts'
import { number } from '../../cli/table.ts'
import { install, type Installation, type Site } from '../installation.ts'
import type { Outcome } from '../outcome.ts'
import { fastestMail } from '../pace.ts'
import type { SinkReport } from '../programs/mail-sink.ts'
import { shuffled, timedRounds, type Bench, type Round } from '../rounds.ts'
import { startOwn, type Running } from '../running.ts'
import type { Sql } from '../sql.ts'
import { median, ratios } from '../statistics.ts'
import { byContender, fixed } from '../tables.ts'

/** One delivery sends 2,000 at most. */
const sizes = { full: { mails: 2000, limited: 300 }, quick: { mails: 400, limited: 100 } }
/** Mails a minute that two processes may send together. */
const limit = 600

/** The most that anybody can send to this relay from here. */
const sendsOnly = 'the same pool, one mail composed for all'

interface Sent {
  readonly perSecond: number
  readonly wall: number
}

export async function mail(bench: Bench): Promise<Outcome> {
  const size = bench.quick ? sizes.quick : sizes.full
  const port = await freePort()
  const database = 'bench_mail'
  const sql = await bench.server.schema(database)
  const installation = await queue(bench, sql, { port: bench.server.port, database }, size.mails, port)
  const sent = async (start: () => readonly Running[]): Promise<Sent> => {
    const sink = await startSink(port)
    const from = performance.now()
    await Promise.all(start().map((one) => one.done))
    const wall = (performance.now() - from) / 1000
    sink.stop()
    await sink.done
    const { mails, seconds } = JSON.parse(sink.out()) as SinkReport
    return { perSecond: (mails - 1) / seconds, wall }
  }
  const contenders = [
    { name: 'oubli mail deliver', start: () => [installation.start(['mail', 'deliver'])] },
    {
      name: 'nodemailer pool',
      start: () => [startOwn('mail-pool', { port, mails: size.mails, composed: false })],
    },
    {
      name: sendsOnly,
      start: () => [startOwn('mail-pool', { port, mails: size.mails, composed: true })],
    },
  ]
  const rounds = await timedRounds(bench, async (round) => {
    const found = new Map<string, Sent>()
    for (const { name, start } of shuffled(contenders, bench.random)) {
      await requeue(sql, size.mails)
      const one = await sent(start)
      found.set(name, one)
      bench.say(`round ${round}  ${name}: ${Math.round(one.perSecond)}/s`)
    }
    return found
  })
  const shared = await timedRounds(bench, async (round) => {
    await requeue(sql, size.limited)
    const two = await sent(() => {
      const start = (): Running => installation.start(['mail', 'deliver'], 'gentle')
      return [start(), start()]
    })
    bench.say(`round ${round}  two processes under one limit: ${(two.perSecond * 60).toFixed(1)} a minute`)
    return two
  })
  return outcomeOf(rounds, shared)
}

function outcomeOf(rounds: readonly Round<Sent>[], shared: readonly Sent[]): Outcome {
  return {
    tables: [
      {
        title: 'medians; taken by the relay from its first mail to its last',
        columns: ['contender', 'mails/s', 's in all'],
        rows: byContender(rounds).map(([name, all]) => [
          name,
          fixed(all, (m) => m.perSecond, 0),
          fixed(all, (m) => m.wall, 2),
        ]),
      },
    ],
    figures: {
      'mail.pool': ratios(rounds, 'oubli mail deliver', 'nodemailer pool', (m) => m.perSecond),
      'mail.limit': shared.map((two) => Math.abs((two.perSecond * 60) / limit - 1) * 100),
    },
    notes: [
      `${sendsOnly}: ${median(ratios(rounds, sendsOnly, 'nodemailer pool', (m) => m.perSecond)).toFixed(2)} times the pool, which is the most that can be had here`,
      `two processes under a limit of ${limit} a minute sent ${number(Math.round(median(shared.map((two) => two.perSecond * 60))))} a minute`,
    ],
    rounds: { rounds, shared },
  }
}

/** People whom a run warns: their mails wait as the run has written them, and a copy of them is kept. */
async function queue(
  bench: Bench,
  sql: Sql,
  place: { readonly port: number; readonly database: string },
  mails: number,
  relay: number,
): Promise<Installation> {
  bench.say(`queueing ${mails} warnings`)
  await sql.run(`CREATE TABLE people (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      email VARCHAR(190) NOT NULL, created_at DATETIME NOT NULL, seen_at DATETIME NOT NULL, KEY seen (seen_at)) ENGINE = InnoDB;
    INSERT INTO people SELECT seq, CONCAT('user', seq, '@example.org'), UTC_TIMESTAMP() - INTERVAL 60 MONTH,
      UTC_TIMESTAMP() - INTERVAL 36 MONTH + INTERVAL seq % 7 DAY FROM seq_1_to_${mails}`)
  const site: Site = {
    ...place,
    kinds,
    policies: { 'inactive-accounts': policy(mails) },
    mail: {
      ...{ transport: 'smtp', host: '127.0.0.1', port: relay, tls: 'none-on-loopback' },
      from: { name: 'Site', address: 'notices@site.example' },
      ...fastestMail,
    },
    mailWhenGentle: { per_minute: limit },
  }
  const installation = await install(bench.folder, site)
  await installation.approve()
  await installation.oubli(['run', '--only', 'warn'])
  const queued = await sql.number('SELECT COUNT(*) FROM oubli_outbox')
  if (queued !== mails) throw new Error(`expected ${mails} mails that wait, found ${queued}`)
  await sql.run(`CREATE TABLE kept_outbox (PRIMARY KEY (id)) SELECT * FROM oubli_outbox;
    CREATE TABLE kept_warning SELECT * FROM oubli_warning`)
  return installation
}

/** So many of them wait again. */
async function requeue(sql: Sql, mails: number): Promise<void> {
  await sql.run(`DELETE FROM oubli_outbox; DELETE FROM oubli_warning;
    INSERT INTO oubli_warning SELECT * FROM kept_warning ORDER BY outbox_id LIMIT ${mails};
    INSERT INTO oubli_outbox SELECT * FROM kept_outbox ORDER BY id LIMIT ${mails}`)
}

async function startSink(port: number): Promise<Running> {
  const sink = startOwn('mail-sink', { port })
  for (let tries = 0; tries < 200; tries += 1) {
    if (await answers(port)) return sink
    await sleep(50)
  }
  throw new Error('the relay of the benchmark did not start')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1')
    const settle = (up: boolean) => () => {
      socket.destroy()
      resolve(up)
    }
    socket.once('connect', settle(true)).once('error', settle(false))
  })
}

const kinds = `  account:
    table: people
    key: id
    identity: [id, created_at]
    subject: true
    contact: { email: email }
    events:
      last_login: { column: seen_at, never: [null], else: created_at, slides: by the person }
    personal: { email: unique_address }
`

const policy = (mails: number): string => `promise: inactivity
data: account
keep_at_most: 3 years
counted_from: last_login
then: erase
warn:
  when: before the term
  days_before_erasure: [60, 30, 7]
  minimum_notice: 30 days
  template: inactivity-warning
  if_unreachable: { refusals: 2 on different days, wait: 90 days, finally: erase }
  no_address: a person decides
per_run: { people: 1000000, mails: ${mails} }
`
