/** What happens in a real story: the real jobs, and the statements of a site. */
import { approve } from '../../jobs/approve.ts'
import type { JobContext } from '../../jobs/context.ts'
import { deliver } from '../../jobs/deliver.ts'
import { activeHolds, endHold, setHold } from '../../jobs/hold.ts'
import { prepare } from '../../jobs/prepare.ts'
import { mailRecorder } from '../../jobs/record-mail.ts'
import { phases, run } from '../../jobs/run.ts'
import { seal } from '../../jobs/seal.ts'
import type { SqlValue } from '../../db/session.ts'
import { recordBounce } from '../../mail/bounce.ts'
import type { Happening, What } from './script.ts'
import { sqlTime, wholeSecond } from './site-model.ts'
import { isGivenUp, type PersonTruth, type PolicyTruth, type Truth } from './truth.ts'

/** One process of ours, or the site itself. */
export interface Acting {
  readonly ctx: JobContext
  readonly truth: Truth
  readonly policy: PolicyTruth
  readonly person: PersonTruth
  readonly happening: Happening
}

type Act = (acting: Acting) => Promise<void>

const day = 86_400_000

export const realActs: Readonly<Partial<Record<What, Act>>> = {
  run: (acting) => wholeRun(acting, false),
  'run with gap accepted': (acting) => wholeRun(acting, true),
  deliver: async ({ ctx }) => {
    await deliver(ctx, await prepare(ctx), null)
  },
  seal: async ({ ctx, truth }) => {
    const before = await entryIds(ctx)
    await seal(ctx)
    truth.sealings.push({ before })
  },
  approve: approves,
  'sign in': (acting) => signs(acting, 'UPDATE users SET last_login_at = ? WHERE id = ?', 0),
  session: (acting) =>
    signs(acting, 'INSERT INTO sessions (started_at, user_id) SELECT ?, id FROM users WHERE id = ?', 0),
  'late session': (acting) =>
    signs(
      acting,
      'INSERT INTO sessions (started_at, user_id) SELECT ?, id FROM users WHERE id = ?',
      (5 + acting.happening.choice * 40) * day,
    ),
  'use session': (acting) =>
    signs(
      acting,
      'UPDATE sessions SET started_at = ? WHERE id = (SELECT MIN(id) FROM sessions WHERE user_id = ?)',
      0,
    ),
  'new address': (acting) =>
    changesAddress(acting, `${acting.person.key}.${Math.floor(acting.happening.choice * 1e6)}@mail.example`),
  'address gone': (acting) => changesAddress(acting, null),
  'address refuses': ({ person }) => {
    person.refused = true
    return Promise.resolve()
  },
  restrict: (acting) => restricts(acting, true),
  unrestrict: (acting) => restricts(acting, false),
  order: (acting) => orders(acting, true),
  'order done': (acting) => orders(acting, false),
  'spoil clock': spoils,
  'mend clock': async ({ ctx, person }) => {
    await site(ctx, 'DELETE FROM sessions WHERE id >= 1000000 AND user_id = ?', [person.key])
    person.doubtful = false
  },
  hold: holds,
  release: async ({ ctx, person }) => {
    const hold = (await activeHolds(ctx)).find((one) => one.keyText === `["${person.key}"]`)
    if (hold === undefined) return
    await endHold(ctx, hold.id, 'DPO')
    person.holds -= 1
  },
  bounce: bounces,
}

async function site(ctx: JobContext, text: string, values: readonly SqlValue[]): Promise<number> {
  return await ctx.database.run({ text, values })
}

async function entryIds(ctx: JobContext): Promise<readonly string[]> {
  const rows = await ctx.database.rows({ text: 'SELECT id FROM oubli_entry', values: [] })
  return rows.map((row) => String(row['id']))
}

async function wholeRun({ ctx, truth, policy }: Acting, acceptClockGap: boolean): Promise<void> {
  const report = await run(ctx, { phases, policy: null, acceptClockGap, slot: null })
  const [one] = report.policies
  if (one === undefined) throw new Error(`no policy: ${report.problems.map(({ code }) => code).join(', ')}`)
  const { planned, outcome } = one
  truth.reports.push({
    run: report.run,
    asOf: report.asOf,
    mode: planned.alarms.length > 0 ? 'refused' : planned.standing.mode,
    entering: planned.survey.entering,
    leftBefore: Math.max(0, planned.survey.entering - (planned.newly ?? planned.survey.entering)),
    canaries: planned.survey.canaries,
    done: outcome?.done ?? 0,
    due: planned.survey.due,
    approvedTooFew: planned.standing.mode === 'refused',
    stopAbove: policy.stopAbove,
    terms: policy.terms,
  })
}

async function approves({ ctx, truth, policy }: Acting): Promise<void> {
  const prepared = await prepare(ctx)
  const done = await approve(ctx, prepared, prepared.plan.fingerprint, {
    by: 'DPO',
    policies: prepared.policies.map(({ id }) => id),
    backup: { none: 'a story' },
    backlogBy: null,
  })
  const most = done.most['inactive-accounts'] ?? 0
  truth.approvals.push({ terms: policy.terms, until: done.until, most, observed: new Set([policy.terms]) })
}

async function signs({ ctx, truth, person }: Acting, text: string, back: number): Promise<void> {
  const at = wholeSecond(truth.now - back)
  if ((await site(ctx, text, [sqlTime(at), person.key])) === 0 || at <= person.lastSign) return
  Object.assign(person, { lastSign: at, signWritten: truth.now })
}

async function changesAddress({ ctx, truth, person }: Acting, address: string | null): Promise<void> {
  if ((await site(ctx, 'UPDATE users SET email = ? WHERE id = ?', [address, person.key])) === 0) return
  const addressHash = ctx.ports.readAddress(address).hash
  Object.assign(person, { address, addressHash, addressSince: truth.now, refused: false })
}

async function restricts({ ctx, person }: Acting, on: boolean): Promise<void> {
  if ((await site(ctx, 'UPDATE users SET frozen = ? WHERE id = ?', [on ? 1 : 0, person.key])) > 0)
    person.restricted = on
}

async function orders({ ctx, person }: Acting, open: boolean): Promise<void> {
  if ((await site(ctx, 'UPDATE users SET ordering = ? WHERE id = ?', [open ? 1 : 0, person.key])) > 0)
    person.ordering = open
}

async function spoils({ ctx, truth, person, happening }: Acting): Promise<void> {
  const at = happening.choice < 0.5 ? truth.now + 1500 * day : 1000
  const text =
    'INSERT OR REPLACE INTO sessions (id, started_at, user_id) SELECT 1000000 + id, ?, id FROM users WHERE id = ?'
  if ((await site(ctx, text, [sqlTime(at), person.key])) > 0) person.doubtful = true
}

async function holds({ ctx, person }: Acting): Promise<void> {
  const request = {
    kind: 'account',
    key: [person.key],
    matter: 'm',
    because: 'b',
    by: 'DPO',
    reviewBy: '2028-01-01',
  }
  await setHold(ctx, await prepare(ctx), request)
  person.holds += 1
}

async function bounces({ ctx, truth, person, happening }: Acting): Promise<void> {
  const rows = await ctx.database.rows({
    text: 'SELECT o.token, w.address_hash FROM oubli_outbox o JOIN oubli_warning w ON w.outbox_id = o.id WHERE o.key_text = ? ORDER BY w.queued_at DESC',
    values: [`["${person.key}"]`],
  })
  const mail = rows.find((row) =>
    truth.sends.some((send) => send.token === row['token'] && ['accepted', 'lost'].includes(send.answer)),
  )
  if (mail === undefined) return
  const token = String(mail['token'])
  const recipientHash = String(mail['address_hash'])
  const record = mailRecorder(ctx, 'bounce', 'Europe/Paris')
  const givenUp = isGivenUp(happening.choice)
  const said = await recordBounce(
    ctx.database,
    { token, action: 'failed', status: givenUp ? '4.4.1' : '5.1.1', recipientHash },
    truth.now,
    record,
  )
  if (said === 'recorded') truth.bounces.push({ token, at: truth.now, givenUp })
}
