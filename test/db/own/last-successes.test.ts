/** Which runs count as a success of a policy. */
import { expect } from 'chai'
import { migrate } from '../../../db/migrate.ts'
import { insertResult } from '../../../db/own/results.ts'
import { finishRun, insertRun, insertRunPolicy, type RunState } from '../../../db/own/runs.ts'
import { setAside } from '../../../db/own/set-aside.ts'
import { lastSuccesses, lastTries, lastTurns } from '../../../db/own/successes.ts'
import { tooManyWait } from '../../../jobs/backlog.ts'
import type { DeliveryStop } from '../../../mail/tally.ts'
import type { HeldUp } from '../../../plan/held-up.ts'
import { eachDatabase } from '../../databases.ts'

const at = '2026-01-02T00:00:00.000Z'

interface Past {
  readonly job?: string
  readonly state: RunState
  readonly why?: string
  readonly mode?: 'observed' | 'enforced' | 'refused'
  readonly due?: number
  readonly done: number
  readonly left?: number
  /** Code of a row of this policy that could not be handled, in how many runs, and since when. */
  readonly aside?: readonly [code: string, runs: number, since?: string]
  /** It first warns. */
  readonly warns?: boolean
  /** As this version writes it; left out: as the ones before it. */
  readonly heldUp?: HeldUp
  readonly mailsHeld?: boolean
  readonly success: boolean
}

const timeUp = 'the time of this run is used up, 9 left'
const alarm = 'refused by a safety stop: another'

const waits = '; the evidence waits to be sealed: E_FILE_UNWRITABLE'

const stops: readonly DeliveryStop[] = [
  'relay refuses everything',
  'too many refusals to be true, none was counted',
  'relay cannot be reached',
  'the mail to our own mailbox was not taken, no refusal was counted',
]

/** Nine are due unless said. */
const cases: Readonly<Record<string, Past>> = {
  'all was done': { state: 'done', done: 9, success: true },
  'nothing was due': { state: 'done', due: 0, done: 0, success: true },
  'it warned, and all was done': { state: 'done', done: 9, warns: true, success: true },
  'only warned': { job: 'warn', state: 'done', done: 0, success: false },
  'warned and delivered': { job: 'warn+deliver', state: 'done', done: 0, success: false },
  'only purged': { job: 'purge', state: 'done', done: 9, success: true },
  'delivered and purged': { job: 'deliver+purge', state: 'done', done: 9, success: true },
  'only observed': { mode: 'observed', state: 'done', done: 0, success: false },
  'an alarm of its own': { mode: 'refused', state: 'refused', done: 0, success: false },
  'an alarm of another, all done': { state: 'refused', done: 9, success: true },
  'an alarm of another, a slice done': { state: 'refused', done: 5, success: true },
  'an alarm of another, nothing done': { state: 'refused', done: 0, success: false },
  'a row of another set aside': { state: 'partly', why: '1 row(s) set aside', done: 5, success: true },
  'a row of its own set aside': {
    state: 'partly',
    why: '1 row(s) set aside',
    done: 8,
    aside: ['ER_SAMPLE', 1],
    success: false,
  },
  'a row of its own busy once': { state: 'refused', done: 8, aside: ['busy', 1], success: true },
  'a row of its own busy too often': { state: 'partly', done: 8, aside: ['busy', 3], success: false },
  'a row of its own set aside later': {
    state: 'refused',
    done: 8,
    aside: ['ER_SAMPLE', 1, '2026-01-03T00:00:00.000Z'],
    success: true,
  },
  'something of it still there': { state: 'partly', done: 9, left: 1, success: false },
  'not sealed yet': { state: 'partly', why: `the slice is done, 4 left${waits}`, done: 5, success: true },
  'interrupted on the way': { state: 'partly', why: 'interrupted by SIGTERM', done: 3, success: false },
  'interrupted, not sealed': {
    state: 'partly',
    why: `interrupted by SIGTERM${waits}`,
    done: 3,
    success: false,
  },
  'interrupted after it': { state: 'partly', why: 'interrupted by SIGTERM', done: 9, success: true },
  'stopped on the way': { state: 'partly', why: 'stopped by oubli stop', done: 3, success: false },
  'too many entries wait': {
    state: 'refused',
    why: `refused by a safety stop: ${tooManyWait}`,
    done: 3,
    success: false,
  },
  'first mails paused': { state: 'refused', why: 'first mails pause: x', due: 0, done: 0, success: true },
  'its first mails paused': {
    state: 'refused',
    why: 'first mails pause: x',
    due: 0,
    done: 0,
    warns: true,
    success: false,
  },
  ...Object.fromEntries(
    stops.map((why): [string, Past] => [
      why,
      { state: 'refused', why, done: 9, warns: true, success: false },
    ]),
  ),
  'the time over, nothing done, as earlier versions wrote it': {
    state: 'done',
    why: timeUp,
    done: 0,
    success: false,
  },
  'the time over, a part done, as earlier versions wrote it': {
    state: 'done',
    why: timeUp,
    done: 3,
    success: true,
  },
  'the time over, nothing due, as earlier versions wrote it': {
    state: 'done',
    why: timeUp,
    due: 0,
    done: 0,
    success: true,
  },
  'a slice': { state: 'done', why: 'x', done: 5, heldUp: 'nothing', success: true },
  'paused all the time': { state: 'done', why: timeUp, done: 0, heldUp: 'paused', success: false },
  'throttled all the time': { state: 'done', why: timeUp, done: 0, heldUp: 'throttled', success: false },
  'throttled, a part done': { state: 'done', why: timeUp, done: 3, heldUp: 'throttled', success: true },
  'the time over at once': { state: 'done', why: timeUp, done: 0, heldUp: 'time', success: false },
  'the time over, a part done': { state: 'done', why: timeUp, done: 3, heldUp: 'time', success: true },
  'no turn': { state: 'done', why: timeUp, done: 0, heldUp: 'no turn', success: false },
  'no turn, and nothing due': {
    state: 'done',
    why: timeUp,
    due: 0,
    done: 0,
    heldUp: 'no turn',
    success: true,
  },
  'all of them busy': { state: 'done', done: 0, heldUp: 'busy', success: false },
  'all of them came back': { state: 'done', done: 0, heldUp: 'nothing', success: true },
  'no turn, and another refused': {
    state: 'refused',
    why: alarm,
    done: 0,
    heldUp: 'no turn',
    success: false,
  },
  'stopped on the way, and another refused': {
    state: 'refused',
    why: alarm,
    done: 3,
    heldUp: 'stopped',
    success: false,
  },
  'unsealed on the way, and another refused': {
    state: 'refused',
    why: alarm,
    done: 3,
    heldUp: 'unsealed',
    success: false,
  },
  'its mails do not leave, and another refused': {
    ...{ state: 'refused', why: alarm, due: 0, done: 0, warns: true },
    ...{ heldUp: 'nothing', mailsHeld: true, success: false },
  },
  'first mails of another pause': {
    ...{ state: 'refused', why: 'first mails pause: x', done: 9, warns: true },
    ...{ heldUp: 'nothing', mailsHeld: false, success: true },
  },
  failed: { state: 'failed', done: 9, success: false },
  'failed by another, after it had done all': { state: 'failed', done: 9, heldUp: 'nothing', success: true },
  'failed by another, its slice ended by time': { state: 'failed', done: 3, heldUp: 'time', success: true },
  'failed by another, before its turn': { state: 'failed', due: 0, done: 0, heldUp: 'fault', success: false },
  'failed by itself': { state: 'failed', done: 3, heldUp: 'fault', success: false },
  'failed by itself at the end': { state: 'failed', done: 9, heldUp: 'fault', success: false },
  killed: { state: 'running', done: 9, success: false },
}

type Kept = readonly [heldUp: HeldUp | null, had: boolean, done: number]

eachDatabase('the last success of a policy', (open) => {
  it('is the last run in which it erased what it was to erase, whatever became of the others', async () => {
    const database = await open()
    await migrate(database)
    const policies = Object.keys(cases).map((name, i) => [`p${i}`, name] as const)
    for (const [policy, name] of policies) {
      const { job = 'run', state, why = 'refused by a safety stop: another', due = 9, ...past } = cases[name]!
      const id = `${policy}x`.padEnd(32, '0')
      const run = { id, job, slot: null, asOf: at, toolVersion: '0', fingerprint: null, startedAt: at }
      await insertRun(database, run)
      const { mode = 'enforced', done, left = null, aside, heldUp, mailsHeld = false } = past
      await insertRunPolicy(database, {
        ...{ runId: id, policy, termsHash: 'h', mode, due, done, leftOver: due - done },
        ...{ warned: 0, byElse: 0, newlyDue: 0, spared: '{}' },
      })
      await insertResult(database, {
        ...{ runId: id, policy, returned: 0, acts: {} },
        turn: heldUp === undefined ? null : { had: heldUp !== 'no turn', heldUp },
        mailsHeld,
        ...{ asked: left === null ? null : done, leftBehind: left },
      })
      // As a database has it that an earlier version wrote.
      if (heldUp === undefined)
        await database.run({
          text: 'UPDATE oubli_run_result SET mails_held = NULL WHERE run_id = ?',
          values: [id],
        })
      const [code = '', runs = 0, since = at] = aside ?? []
      for (let nr = 0; nr < runs; nr += 1)
        await setAside(database, { policy, kind: 'k', keyText: '["1"]', code, run: id, since })
      if (state !== 'running') await finishRun(database, id, state, Date.parse(at), why)
    }
    const warning = new Set(
      policies.flatMap(([policy, name]) => (cases[name]?.warns === true ? [policy] : [])),
    )
    const found = await lastSuccesses(database, at, warning)
    const told = policies.flatMap(([policy, name]) => (found.has(policy) ? [name] : []))
    expect(told).to.deep.equal(Object.keys(cases).filter((name) => cases[name]?.success === true))
    expect(new Set(found.values())).to.deep.equal(new Set([at]))
    expect((await lastSuccesses(database, '2026-01-01T00:00:00.000Z', warning)).size).to.equal(0)
  })

  it('is not its last turn, and what held it up is known of the last run', async () => {
    const database = await open()
    await migrate(database)
    const on = (day: number): string => `2026-01-0${day}T00:00:00.000Z`
    const kept = async (day: number, job: string, results: Readonly<Record<string, Kept>>): Promise<void> => {
      const run = { id: `${day}${job}`.padEnd(32, '0'), job, slot: null, asOf: on(day), startedAt: on(day) }
      await insertRun(database, { ...run, toolVersion: '0', fingerprint: null })
      for (const [policy, [heldUp, had, done]] of Object.entries(results)) {
        await insertRunPolicy(database, {
          ...{ runId: run.id, policy, termsHash: 'h', mode: 'enforced', due: 9, done, leftOver: 9 - done },
          ...{ warned: 0, byElse: 0, newlyDue: 0, spared: '{}' },
        })
        await insertResult(database, {
          ...{
            runId: run.id,
            policy,
            returned: 0,
            acts: {},
            asked: null,
            leftBehind: null,
            mailsHeld: false,
          },
          turn: heldUp === null ? null : { had, heldUp },
        })
      }
      await finishRun(database, run.id, 'done', Date.parse(on(day)), timeUp)
    }
    await kept(1, 'run', { old: [null, false, 3], late: [null, false, 0], a: ['nothing', true, 9] })
    await kept(2, 'purge', { a: ['time', true, 0], b: ['no turn', false, 0] })
    await kept(3, 'warn', { a: [null, false, 0], b: [null, false, 0] })
    expect(Object.fromEntries(await lastTurns(database))).to.deep.equal({ old: on(1), a: on(2) })
    expect(Object.fromEntries(await lastTries(database, on(3)))).to.deep.equal({
      a: { at: on(2), heldUp: 'time' },
      b: { at: on(2), heldUp: 'no turn' },
    })
    expect(Object.fromEntries(await lastTries(database, on(1)))).to.deep.equal({
      a: { at: on(1), heldUp: 'nothing' },
    })
  })
})
