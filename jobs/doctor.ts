/** Compares what is written with what is there: the checks that need the live database, one line each. */
import { OubliError } from '../base/errors.ts'
import type { JobContext } from './context.ts'
import { unreadBounces } from './doctor-bounces.ts'
import { holdCheck } from './doctor-holds.ts'
import { nobodyChecks } from './doctor-nobody.ts'
import { pauseChecks, signalCheck } from './doctor-pace.ts'
import { rightsChecks } from './doctor-rights.ts'
import { foreignKeysOff } from './guards.ts'
import type { Prepared } from './prepare.ts'
import { tellingIn } from '../policies/telling.ts'
import { civilDate } from '../plan/civil.ts'
import { renderPlanProblem } from '../plan/problem-texts.ts'
import { rightsOf } from '../plan/grants.ts'
import type { Language } from '../policies/problem.ts'
import { migrationState } from '../db/migrate.ts'
import { readSinks } from '../db/own/sinks.ts'
import type { BouncesKnown } from '../report/facts.ts'
import { bouncesOf } from './selftest.ts'
import { refuseRestoredSite } from './site-restored.ts'
import { readServerFacts, type ServerFacts } from '../db/server-facts.ts'

export interface Check {
  readonly name: string
  readonly result: 'ok' | 'warning' | 'refused'
  readonly text: string
}

export async function doctor(ctx: JobContext, prepared: Prepared, lang: Language): Promise<readonly Check[]> {
  const checks: Check[] = []
  const add = (name: string, result: Check['result'], text: string): void => {
    checks.push({ name, result, text })
  }
  const state = await migrationState(ctx.database)
  add(
    'own tables',
    state.pending.length === 0 ? 'ok' : 'refused',
    state.pending.length === 0 ? 'up to date' : 'run `oubli migrate`',
  )
  add(
    'signing key',
    ctx.signingKey === null ? 'refused' : 'ok',
    ctx.signingKey === null ? 'missing: run `oubli migrate`' : ctx.signingKey.verifier.text,
  )
  checks.push(...(await restoredCheck(ctx, prepared)))
  for (const one of await serverChecks(ctx)) checks.push(one)
  for (const one of await rightsChecks(ctx, prepared)) checks.push(one)
  checks.push(await signalCheck(ctx))
  if (state.pending.length === 0) checks.push(await holdCheck(ctx, prepared), ...(await pauseChecks(ctx)))
  checks.push(await sinkCheck(ctx))
  checks.push(...envelopeChecks(ctx, prepared))
  checks.push(bounceCheck(await bouncesOf(ctx, prepared, await ctx.now()), prepared.dataMap.zone))
  checks.push(...(await unreadBounces(ctx)))
  for (const problem of prepared.problems)
    add('data map', problem.refuses ? 'refused' : 'warning', renderPlanProblem(problem, lang))
  for (const gap of prepared.gaps) add('gap', 'warning', gapText(gap))
  checks.push(...(await nobodyChecks(ctx, prepared)))
  for (const check of triggerChecks(prepared)) checks.push(check)
  add(
    'policies',
    'ok',
    `${prepared.plan.policies.length} of ${prepared.policies.length} fit the database; plan ${prepared.plan.fingerprint.slice(0, 16)}`,
  )
  return checks
}

/** Asked only where our tables have a schema of their own. */
async function restoredCheck(ctx: JobContext, prepared: Prepared): Promise<readonly Check[]> {
  try {
    await refuseRestoredSite(ctx, prepared, false)
    return []
  } catch (error) {
    if (!(error instanceof OubliError)) throw error
    return [{ name: 'own schema', result: 'refused', text: `${error.message}. ${error.remedy}` }]
  }
}

function gapText(gap: Prepared['gaps'][number]): string {
  return 'stub' in gap && typeof gap.stub === 'string'
    ? `${gap.table}${gap.column === null ? '' : `.${gap.column}`}: nothing rules it. Add:\n${gap.stub}`
    : JSON.stringify(gap)
}

/** What the sinks took last; whether they would take something now, the next run tells. */
async function sinkCheck(ctx: JobContext): Promise<Check> {
  const set = Object.entries(ctx.settings.evidence.sinks).flatMap(([key, to]) => (to === null ? [] : [key]))
  const name = 'checkpoints'
  if (set.length === 0)
    return { name, result: 'warning', text: 'stay on this host: set evidence.sinks to a place off it' }
  const failed = (await readSinks(ctx.database)).filter(
    (sink) => sink.code !== null && set.includes(sink.name),
  )
  return {
    name,
    result: failed.length === 0 ? 'ok' : 'warning',
    text:
      failed.length === 0
        ? 'go to a place off this host'
        : `did not reach: ${failed.map((sink) => `${sink.name} (${sink.code ?? ''})`).join(', ')}`,
  }
}

/** Every mail carries the address for bounces, and its reader can look at it. */
function envelopeChecks({ settings: { mail } }: JobContext, prepared: Prepared): readonly Check[] {
  const { address } = mail.from
  if (address === null || !prepared.policies.some(({ warn }) => warn?.variant === 'discreet')) return []
  const told = tellingIn(address, prepared.dataMap)
  if (told === null) return []
  const text = `discreet mails carry mail.from.address as the address for bounces, and it gives away "${told}": use a mailbox at a neutral domain`
  return [{ name: 'discreet mails', result: 'warning', text }]
}

/** Whether a mail that cannot be delivered is heard of. */
function bounceCheck(known: BouncesKnown | null, zone: string): Check {
  const name = 'bounces'
  switch (known?.state) {
    case undefined:
      return { name, result: 'ok', text: 'no policy warns' }
    case 'proven':
      return { name, result: 'ok', text: `a test mail came back on ${civilDate(known.at, zone)}` }
    case 'declared':
      return {
        name,
        result: 'warning',
        text: `cannot come back (mail.bounces.none_because): ${known.because}`,
      }
    case 'old':
    case 'waiting':
    case 'never':
      return {
        name,
        result: 'warning',
        text: 'no test mail came back within 90 days: `oubli mail selftest`; no policy that warns is approved before',
      }
  }
}

/** Triggers run inside our transaction and can do what no plan shows. */
function triggerChecks(prepared: Prepared): readonly Check[] {
  return rightsOf(prepared.plan.policies).flatMap(({ table }) => {
    const triggers = prepared.schema.get(table)?.triggers ?? []
    return triggers.length === 0
      ? []
      : [
          {
            name: 'triggers',
            result: 'warning' as const,
            text: `${table}: ${triggers.join(', ')} would run inside our transactions`,
          },
        ]
  })
}

/** Five minutes between two clocks are a fault; more would move a deadline by a day for some. */
const widestSkew = 5 * 60_000

async function serverChecks(ctx: JobContext): Promise<readonly Check[]> {
  const facts = await readServerFacts(ctx.database)
  const skew = Math.abs(facts.now - ctx.clock())
  const checks: Check[] = [
    { name: 'server', result: 'ok', text: facts.version },
    facts.sandbox
      ? { name: 'clock', result: 'ok', text: 'a sandbox: its time is moved by hand' }
      : {
          name: 'clock',
          result: skew > widestSkew ? 'refused' : 'ok',
          text: `the database and this host differ by ${Math.round(skew / 1000)} s`,
        },
    {
      name: 'writable',
      result: facts.readOnly ? 'refused' : 'ok',
      text: facts.readOnly ? 'the server is read-only' : 'yes',
    },
  ]
  if (!facts.checksForeignKeys)
    checks.push({
      name: 'foreign keys',
      result: 'refused',
      text: `${foreignKeysOff.text}. ${foreignKeysOff.remedy}`,
    })
  if (facts.statementBinlog)
    checks.push({
      name: 'binlog',
      result: 'refused',
      text: 'binlog_format=STATEMENT cannot carry our transactions; use ROW or MIXED',
    })
  const { wholeRows, statements } = facts.binlogKeeps
  if (wholeRows || statements) checks.push(keptCheck(facts.binlogKeeps, ctx.database.dialect.name))
  if (facts.binlogDays !== null)
    checks.push({
      name: 'residual copies',
      result: facts.binlogDays === 0 ? 'warning' : 'ok',
      text:
        facts.binlogDays === 0
          ? 'the binary log never expires: erased rows live on in it. Set binlog_expire_logs_seconds.'
          : `erased rows live on in the binary log for ${facts.binlogDays} day(s)`,
    })
  return checks
}

/** What a run removes need not be written down once more by the removal. */
function keptCheck({ wholeRows, statements }: ServerFacts['binlogKeeps'], server: string): Check {
  const right = server === 'mariadb' ? 'BINLOG ADMIN' : 'SESSION_VARIABLES_ADMIN'
  const what = [
    ...(wholeRows ? ['each row that a run erases or changes, whole'] : []),
    ...(statements ? ['its statements, with keys that are texts'] : []),
  ]
  return {
    name: 'binlog',
    result: 'warning',
    text:
      `the binary log keeps ${what.join(', and ')}, and this account may not switch that off for itself: ` +
      `grant it ${right} (see \`oubli grants\`), or set binlog_row_image=MINIMAL and no annotations on the server`,
  }
}
