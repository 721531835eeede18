/**
 * One script with the real program: real jobs on a real database, the relay alone is made. Other people have
 * their turn between two calls of the database; a process can die at any call or named place.
 */
import { OubliError } from '../../base/errors.ts'
import { tombstoneOf } from '../../base/subject-ref.ts'
import { DatabaseError } from '../../db/database-error.ts'
import { setSandboxNow } from '../../db/server-clock.ts'
import type { Database } from '../../db/session.ts'
import type { JobContext } from '../../jobs/context.ts'
import { prepare } from '../../jobs/prepare.ts'
import { verify } from '../../jobs/verify.ts'
import type { Transport } from '../../mail/transport.ts'
import type { Defect } from './defects.ts'
import { watchOver, type Violation, type Watch } from './invariants.ts'
import { randomOf, type Random } from './random.ts'
import { realActs } from './real-acts.ts'
import { Killed, troubled, type Trouble } from './real-database.ts'
import { realPicture } from './real-picture.ts'
import { portsOf } from './real-ports.ts'
import type { RealSite } from './real-site.ts'
import { answerTo } from './relay.ts'
import type { Happening, Script, What } from './script.ts'
import { sqlTime, wholeSecond } from './site-model.ts'
import { emptyTruth, type PolicyTruth, type Truth } from './truth.ts'
import type { Relay } from './world.ts'

const day = 86_400_000
/** One policy in one version. */
const leftOut: readonly What[] = ['edit']

interface Stage {
  readonly site: RealSite
  readonly script: Script
  readonly defect: Defect | null
  readonly truth: Truth
  readonly policy: PolicyTruth
  readonly watch: Watch
  readonly random: Random
  readonly tally: Tally
  relay: Relay
  delivery: number
  version: number
  acceptsGap: boolean
  violation: Violation | null
}

/** What happened in the stories that were played: one in which nothing happens proves nothing. */
export interface Tally {
  erased: number
  sent: number
  killed: number
  commitsLost: number
}

/** Null: every invariant held, and the evidence verifies in the end. */
export async function playReal(
  site: RealSite,
  script: Script,
  defect: Defect | null,
  tally: Tally,
): Promise<Violation | null> {
  const stage = await setStage(site, script, defect, tally)
  for (const [slot, at] of script.slots.entries()) {
    stage.truth.now = Math.max(at, stage.truth.now)
    await setSandboxNow(site.database, stage.truth.now)
    const waiting = script.happenings.filter(({ slot: own, what }) => own === slot && !leftOut.includes(what))
    while (waiting.length > 0 && stage.violation === null) await happen(stage, waiting)
    if (stage.violation !== null) return stage.violation
  }
  tally.sent += stage.truth.sends.length
  tally.erased += script.people.length - (await realPicture(site, 0)).people.size
  const { findings } = await verify(site.context, { key: site.verifierKey })
  const wrong = findings.find(({ code }) => code !== 'no checkpoint' && code !== 'tail not signed')
  return wrong === undefined ? null : { invariant: 'the evidence verifies', found: wrong.code }
}

async function setStage(site: RealSite, script: Script, defect: Defect | null, tally: Tally): Promise<Stage> {
  // Nothing between plan and database knows the slice: the policy that the program reads says more than was promised.
  await site.empty(defect === 'slice not kept' ? { ...script.words, mostPeople: 1000 } : script.words)
  const start = script.slots[0] ?? 0
  const truth = emptyTruth(start, site.logged)
  await setSandboxNow(site.database, start)
  const { plan, problems } = await prepare(site.context)
  const [compiled] = plan.policies
  if (compiled === undefined) throw new Error(problems.map(({ code }) => code).join(', '))
  const policy = { ...script.words, terms: compiled.termsHash }
  truth.policies.set(policy.terms, policy)
  await arrive(site, script, truth)
  const stage: Stage = {
    ...{
      site,
      script,
      defect,
      tally,
      truth,
      policy,
      watch: watchOver(truth),
      random: randomOf(script.seed, 77),
    },
    ...{ relay: 'works', delivery: 0, version: 0, acceptsGap: false, violation: null },
  }
  await look(stage)
  return stage
}

async function arrive(site: RealSite, script: Script, truth: Truth): Promise<void> {
  const { database, context } = site
  const start = truth.now
  for (const [i, person] of script.people.entries()) {
    const key = String(i + 1)
    const lastSign = wholeSecond(start - person.daysSilent * day)
    const created = sqlTime(start - 400 * day)
    const address = { valid: `p${key}@mail.example`, none: null, invalid: 'not an address' }[person.address]
    const role = person.role === 'exception' ? 'admin' : person.role
    await database.run({
      text: 'INSERT INTO users (id, email, last_login_at, created_at, role, frozen) VALUES (?, ?, ?, ?, ?, 0)',
      values: [key, address, sqlTime(lastSign), created, role],
    })
    for (let n = 0; n < person.sessions; n += 1)
      await database.run({
        text: 'INSERT INTO sessions (user_id, started_at) VALUES (?, ?)',
        values: [key, sqlTime(lastSign - n * day)],
      })
    truth.people.set(key, {
      ...{ key, created, lastSign, signWritten: lastSign, address, addressSince: start, role: person.role },
      addressHash: context.ports.readAddress(address).hash,
      tombstone: tombstoneOf(context.ports.secret, { kind: 'account', key: [key], identity: [key, created] }),
      ...{ doubtful: false, restricted: false, ordering: false, holds: 0, refused: person.refused },
    })
  }
}

/** The first of those that wait; while it is at work, others may have their turn. */
async function happen(stage: Stage, waiting: Happening[]): Promise<void> {
  const happening = waiting.shift()
  if (happening === undefined) return
  const { truth } = stage
  const act = realActs[happening.what]
  if (act === undefined) {
    if (happening.what.startsWith('relay ')) stage.relay = happening.what.slice(6) as Relay
    return
  }
  const people = [...truth.people.values()].sort((a, b) => a.lastSign - b.lastSign)
  const person = people[(happening.who ?? 0) % people.length]
  if (person === undefined) return
  const outer = stage.acceptsGap
  stage.acceptsGap = happening.what === 'run with gap accepted'
  try {
    await act({ ctx: contextFor(stage, happening, waiting), truth, policy: stage.policy, person, happening })
  } catch (error) {
    // What the program says to a person, and the end of a process, are no faults of it.
    const expected = [OubliError, DatabaseError, Killed].some((kind) => error instanceof kind)
    if (!expected) throw error
  }
  stage.acceptsGap = outer
  await look(stage)
}

/** One process and one connection: what has no meaning here becomes what comes next to it. */
const kinds = {
  crash: 'crash',
  freeze: 'crash',
  lost: 'crash',
  'answer lost': 'answer lost',
  late: 'answer lost',
  'never arrives': 'never arrives',
} as const

function contextFor(stage: Stage, { fault }: Happening, waiting: Happening[]): JobContext {
  const kind = fault === null ? null : kinds[fault.kind]
  const { site, truth } = stage
  let calls = 0
  let asked = 0
  const trouble: Trouble = {
    defect: stage.defect,
    dead: false,
    between: async () => {
      calls += 1
      truth.now += 20
      if (kind === 'crash' && fault?.at === calls) kill(stage, trouble)
      if (waiting.length > 0 && stage.random.chance(0.04)) await happen(stage, waiting)
    },
    after: () => look(stage),
    fate: () => {
      asked += 1
      // A quarter of the transactions of a process in trouble, one of them at most.
      const now = fault !== null && asked === 1 + Math.floor(fault.slots * 5 * stage.random.next())
      if (!now || kind === null || kind === 'crash') return 'answered'
      stage.tally.commitsLost += 1
      return kind
    },
  }
  const database: Database = troubled(site.database, trouble)
  const point = async (reached: string): Promise<void> => {
    if (kind === 'crash' && fault?.at === reached) kill(stage, trouble)
    await Promise.resolve()
  }
  return {
    ...site.context,
    database,
    ports: portsOf(site.context.ports, { database, point, defect: stage.defect }),
    transport: () => transportOf(stage),
    now: () => Promise.resolve(truth.now),
    clock: () => truth.now,
  }
}

function kill({ tally }: Stage, trouble: Trouble): never {
  tally.killed += 1
  trouble.dead = true
  throw new Killed('killed')
}

function transportOf(stage: Stage): Transport {
  stage.delivery += 1
  const delivery = String(stage.delivery)
  return {
    connections: 1,
    send: ({ address, message, token }) => {
      const mail = { address, token, message: Buffer.from(message).toString('latin1') }
      const answer = answerTo(stage, mail, delivery)
      const codes = { accepted: '250', lost: 'ETIMEDOUT', deferred: '451', rejected: '550' } as const
      return Promise.resolve({
        result: answer === 'lost' ? 'unknown' : answer,
        code: codes[answer],
        ofAddress: answer === 'rejected',
      })
    },
    close: () => Promise.resolve(),
  }
}

async function look(stage: Stage): Promise<void> {
  if (stage.violation !== null) return
  stage.version += 1
  const picture = await realPicture(stage.site, stage.version)
  const { truth } = stage
  if (stage.acceptsGap) for (const run of picture.runs().keys()) truth.gapAccepted.add(run)
  if (picture.runs().size > 0) truth.observed.add(stage.policy.terms)
  const since = await inForceSince(stage.site.database)
  if (since !== null && truth.enforced.length === 0)
    truth.enforced.push({ terms: stage.policy.terms, asOf: Date.parse(since) })
  stage.violation = stage.watch.look(picture)
}

async function inForceSince(database: Database): Promise<string | null> {
  const [row] = await database.rows({
    text: 'SELECT in_force_since FROM oubli_terms WHERE in_force_since IS NOT NULL',
    values: [],
  })
  return typeof row?.['in_force_since'] === 'string' ? row['in_force_since'] : null
}
