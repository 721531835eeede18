/** What becomes of a batch, by how its transaction ends: what is tried again, halved, set aside, what stops. */
import { expect } from 'chai'
import { OubliError } from '../../base/errors.ts'
import { DatabaseError, type FailureKind } from '../../db/database-error.ts'
import { lostLease } from '../../db/own/lease.ts'
import type { Outcome, Row, Statement, TransactionOptions } from '../../db/session.ts'
import type { BatchResult, RunPlace } from '../../engine/apply-batch.ts'
import { applyHoweverHard, mostWaiting } from '../../engine/attempt.ts'
import { TooHeavy } from '../../engine/collect.ts'
import { CountMismatch } from '../../engine/count.ts'
import { Newcomer } from '../../engine/newcomers.ts'
import { steadyPace, type Sample } from '../../engine/pace.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import { newTally, type Tally } from '../../engine/tally.ts'
import { UnreadableDocument } from '../../plan/json-without.ts'
import type { CompiledPolicy } from '../../plan/compiled.ts'

const failed = (kind: FailureKind) => new DatabaseError(kind, 'statement', 'ER_OF_SERVER')
const rolledBack = (kind: FailureKind): Outcome<never> => ({ state: 'rolled back', error: failed(kind) })
const lost: Outcome<never> = { state: 'unknown', error: failed('connection lost') }

interface World {
  /** How the batches end, one after the other; the last one again and again. */
  readonly ends: readonly (Outcome<Partial<BatchResult>> | Error | (() => Outcome<Partial<BatchResult>>))[]
  readonly people?: number
  readonly random?: number
  /** Answers to what is read outside of a batch: the lease, the cursor. */
  readonly rows?: (statement: Statement) => readonly Row[]
  readonly lease?: RunPlace['lease']
  readonly policy?: object
  /** What the pace answers, from turn to turn; then nothing. Told how many tries there were. */
  readonly turns?: (tries: number, total: Tally) => string | null
  /** Milliseconds between two looks at the stopwatch. */
  readonly tick?: number
}

interface Seen {
  readonly total: Tally
  readonly tries: number
  readonly sleeps: readonly number[]
  readonly samples: readonly Sample[]
  readonly thrown: unknown
  readonly isolations: ReadonlySet<string | undefined>
}

const committed = (value: Partial<BatchResult>): Outcome<Partial<BatchResult>> => ({
  state: 'committed',
  value: { done: 0, entered: 0, busy: [], sums: new Map(), rows: [], leaving: new Map(), ...value },
})

/** Transactions of a batch have an isolation; the one that raises the token has none. */
async function run(world: World): Promise<Seen> {
  let [tries, clock, seq] = [0, 0, 0n]
  const [sleeps, samples]: [number[], Sample[]] = [[], []]
  const isolations = new Set<string | undefined>()
  const transaction = (_work: unknown, options?: TransactionOptions): Promise<Outcome<unknown>> => {
    if (options === undefined) return Promise.resolve({ state: 'committed', value: 5n })
    isolations.add(options.isolation)
    const end = world.ends[Math.min(tries, world.ends.length - 1)]
    tries += 1
    if (end instanceof Error) return Promise.reject(end)
    return Promise.resolve((typeof end === 'function' ? end() : end) ?? lost)
  }
  const rows = (statement: Statement) =>
    Promise.resolve().then(() => (world.rows ?? (() => [{ owner: 'lab' }]))(statement))
  const ports = {
    database: { transaction, rows, dialect: { shareLock: '' } },
    random: (bytes: number) => new Uint8Array(bytes).fill(world.random ?? 255),
    sleep: (milliseconds: number) => Promise.resolve(void sleeps.push(milliseconds)),
    stopwatch: () => (clock += world.tick ?? 1),
    point: () => Promise.resolve(),
  } as unknown as EnginePorts
  const policy = {
    ...{ states: [], owners: [], rereadLast: [], steps: [], act: { act: 'erase' }, table: 'users' },
    ...world.policy,
  } as unknown as CompiledPolicy
  const place = { run: 'r', asOf: 0, lease: world.lease ?? { name: 'run', token: 1n } } as RunPlace
  const batch = Array.from({ length: world.people ?? 2 }, (_, i) => ({
    ...{ pass: 'dated' as const, clock: null, key: [String(i + 1)] },
  }))
  const total = newTally()
  const turn = () => Promise.resolve().then(() => world.turns?.(tries, total) ?? null)
  const writer = {
    pace: { ...steadyPace(9, () => null), turn, took: (sample: Sample) => void samples.push(sample) },
    cursor: 'p',
    nextSeq: () => (seq += 1n),
  }
  const thrown: unknown = await applyHoweverHard(ports, policy, place, batch, writer, total).then(
    () => null,
    (error: unknown) => error,
  )
  return { total, tries, sleeps, samples, thrown, isolations }
}

describe('a batch that fails', () => {
  for (const kind of ['deadlock', 'lock wait', 'no wait'] as const)
    it(`is tried five times, in halves too, and its people were busy then (${kind})`, async () => {
      const { total, tries, samples, thrown } = await run({ ends: [rolledBack(kind)] })
      expect(thrown).to.equal(null)
      expect(tries, 'both, the first, the second').to.equal(15)
      expect(total).to.deep.include({ busy: 2, busyKeys: [['1'], ['2']], setAside: [], stopped: null })
      expect(samples.map(({ asked }) => asked)).to.deep.equal(
        [2, 1, 1].flatMap((n) => Array<number>(5).fill(n)),
      )
      for (const { rows, end } of samples) expect([rows, end]).to.deep.equal([0, 'busy'])
    })

  for (const kind of ['duplicate', 'foreign key', 'other'] as const)
    it(`is halved at once, and its people are set aside with the code of the server (${kind})`, async () => {
      const { total, tries, sleeps, samples } = await run({ ends: [rolledBack(kind)], people: 3 })
      expect(tries, 'three, one, two, one, one').to.equal(5)
      const apart = ['1', '2', '3'].map((key) => ({ key: [key], code: 'ER_OF_SERVER' }))
      expect(total).to.deep.include({ busy: 0, setAside: apart, stopped: null })
      expect(sleeps).to.deep.equal([])
      expect(samples.map(({ asked, end }) => [asked, end])).to.deep.equal([
        ...[3, 1, 2, 1, 1].map((n) => [n, 'failed']),
      ])
    })

  for (const kind of ['not writable', 'not permitted', 'damaged', 'killed', 'safe update'] as const)
    it(`by the fault of no row stops everything, and nobody is set aside (${kind})`, async () => {
      const { total, tries, sleeps } = await run({ ends: [rolledBack(kind)] })
      expect([tries, sleeps]).to.deep.equal([1, []])
      expect(total).to.deep.include({ busy: 0, setAside: [], stopped: kind })
    })

  it('for a server that is gone is tried five times, never in halves', async () => {
    const { total, tries } = await run({ ends: [rolledBack('connection lost')] })
    expect(tries).to.equal(5)
    expect(total).to.deep.include({ busy: 0, setAside: [], stopped: 'connection lost' })
  })

  it('leaves the other half alone once one half has found out that everything must stop', async () => {
    const { total, tries } = await run({ ends: [rolledBack('foreign key'), rolledBack('damaged')] })
    expect(tries).to.equal(2)
    expect(total.stopped).to.equal('damaged')
  })

  it('waits longer from try to try, between nothing and all of it', async () => {
    const waits = async (random: number) =>
      (await run({ ends: [rolledBack('deadlock')], people: 1, random })).sleeps
    expect(await waits(255)).to.deep.equal([100, 200, 400, 800, 1600])
    expect(await waits(0)).to.deep.equal([0, 0, 0, 0, 0])
    // 0x4040 of 0xffff.
    expect(await waits(0x40)).to.deep.equal([25, 50, 100, 201, 402])
  })

  it('is told with what it has done once a try has worked', async () => {
    const sums = new Map([['users', new Map([['erased', 2]])]])
    const value = { done: 1, entered: 1, busy: [['2']], sums }
    const { total, samples } = await run({ ends: [rolledBack('deadlock'), committed(value)] })
    expect(total).to.deep.include({ done: 1, entered: 1, busy: 1, busyKeys: [['2']], sums, stopped: null })
    expect(samples.map((one) => ({ ...one, milliseconds: 0 }))).to.deep.equal([
      { milliseconds: 0, rows: 0, end: 'busy', asked: 2 },
      { milliseconds: 0, rows: 2, end: 'committed', asked: 2, done: 1 },
    ])
  })
})

describe('a batch that fails, and an operator, the clock or the site that speaks meanwhile', () => {
  const people = 4
  it('asks before each further transaction, and not before the first', async () => {
    for (const [ends, tries] of [
      [[rolledBack('foreign key')], 7],
      [[rolledBack('deadlock'), rolledBack('deadlock'), committed({ done: people })], 3],
    ] as const) {
      const asked: number[] = []
      const turns = (after: number) => {
        asked.push(after)
        return null
      }
      const seen = await run({ ends, people, turns })
      expect(seen.tries).to.equal(tries)
      expect(asked).to.deep.equal(Array.from({ length: tries - 1 }, (_, i) => i + 1))
    }
  })

  for (const [what, kind] of [
    ['tried again', 'deadlock'],
    ['halved', 'foreign key'],
  ] as const)
    it(`is not ${what} once there is a word: nobody was busy or is set aside`, async () => {
      const { total, tries } = await run({ ends: [rolledBack(kind)], people, turns: () => 'stopped' })
      expect(tries).to.equal(1)
      expect(total).to.deep.include({ done: 0, busy: 0, busyKeys: [], setAside: [], stopped: 'stopped' })
    })

  it('keeps what was done of it, and who was at fault, and leaves the rest', async () => {
    const ends = [rolledBack('other'), rolledBack('other'), rolledBack('other'), committed({ done: 1 })]
    const turns = (tries: number) => (tries === 4 ? 'stopped' : null)
    const { total, tries } = await run({ ends, people, turns })
    expect(tries, 'all, two, one, one').to.equal(4)
    const setAside = [{ key: ['1'], code: 'ER_OF_SERVER' }]
    expect(total).to.deep.include({ done: 1, busy: 0, setAside, stopped: 'stopped' })
  })

  it('keeps the word of another writer that came while it waited for its turn', async () => {
    const turns = (_: number, total: Tally) => {
      total.stopped = 'damaged'
      return null
    }
    const { total, tries } = await run({ ends: [rolledBack('deadlock')], turns })
    expect([total.stopped, tries]).to.deep.equal(['damaged', 1])
  })
})

describe('the patience with rows that somebody works on', () => {
  it('counts the time of the tries themselves', async () => {
    // One look before each try and one after it.
    const tick = mostWaiting / 2
    for (const kind of ['lock wait', 'no wait'] as const) {
      const { total, tries, sleeps } = await run({ ends: [rolledBack(kind)], people: 1, tick })
      expect([tries, sleeps]).to.deep.equal([2, [100]])
      expect(total).to.deep.include({ busy: 1, setAside: [] })
    }
  })

  it('counts the waits after them', async () => {
    const { total, sleeps } = await run({ ends: [rolledBack('lock wait')], people: 1, tick: 0 })
    expect(sleeps).to.have.length(5)
    expect(total.waited).to.equal(sleeps.reduce((sum, one) => sum + one))
  })

  it('still lets writers of ours that met go apart', async () => {
    const { tries, sleeps } = await run({ ends: [rolledBack('deadlock')], tick: mostWaiting })
    expect(tries, 'both, the first, the second').to.equal(3)
    expect(sleeps).to.deep.equal([50, 50, 50])
  })

  it('is not used up by what is nobody’s work on a row', async () => {
    for (const end of [rolledBack('connection lost'), new TooHeavy()]) {
      const { total } = await run({ ends: [end], tick: mostWaiting })
      expect(total.waited).to.equal(0)
    }
  })
})

describe('a batch that ends with something thrown', () => {
  it('because somebody came back is tried again', async () => {
    const { total, tries, sleeps } = await run({ ends: [new Newcomer(), committed({ done: 2 })] })
    expect([tries, sleeps, total.done]).to.deep.equal([2, [100], 2])
    const always = await run({ ends: [new Newcomer()], people: 1 })
    expect(always.total).to.deep.include({ busy: 1, setAside: [], stopped: null })
  })

  it('because it is too heavy is counted first from then on, then halved', async () => {
    const { total, tries, sleeps } = await run({ ends: [new TooHeavy()] })
    expect(total.heavy).to.equal(true)
    expect(tries, 'both, both counted, the first, the second').to.equal(4)
    expect(sleeps).to.deep.equal([100])
    expect(total.setAside).to.deep.equal(['1', '2'].map((key) => ({ key: [key], code: 'too heavy' })))
  })

  for (const [error, code] of [
    [new CountMismatch('visits'), 'count'],
    [new UnreadableDocument(), 'unreadable json'],
    [failed('foreign key'), 'ER_OF_SERVER'],
  ] as const)
    it(`by the fault of a row is halved at once (${code})`, async () => {
      const { total, tries, sleeps } = await run({ ends: [error] })
      expect([tries, sleeps]).to.deep.equal([3, []])
      expect(total.setAside).to.deep.equal(['1', '2'].map((key) => ({ key: [key], code })))
    })

  it('throws what is a defect, thrown or told', async () => {
    const defect = new Error('a defect')
    expect((await run({ ends: [defect] })).thrown).to.equal(defect)
    expect((await run({ ends: [{ state: 'rolled back', error: defect }] })).thrown).to.equal(defect)
    const other = new OubliError('busy', 'E_OLD_SESSION', 'x', 'y')
    const lease = { name: 'run', token: 1n, raising: Promise.resolve() }
    const changing = (): never => {
      lease.token += 1n
      throw other
    }
    expect((await run({ ends: [changing], lease })).thrown, 'although the token changed').to.equal(other)
  })

  it('throws that a stranger has the lease, but not that another writer of ours raised its token', async () => {
    const fenced = lostLease('run')
    expect((await run({ ends: [fenced] })).thrown).to.equal(fenced)
    const lease: RunPlace['lease'] = { name: 'run', token: 1n }
    // The other writer is about to write the new token down.
    lease.raising = new Promise<void>((resolve) =>
      setTimeout(() => {
        lease.token = 2n
        resolve()
      }, 5),
    )
    const { total, tries, thrown } = await run({ ends: [fenced, committed({ done: 2 })], lease })
    expect([thrown, tries, total.done]).to.deep.equal([null, 2, 2])
    const always = { name: 'run', token: 1n }
    const raising = (): never => {
      always.token += 1n
      throw fenced
    }
    const busy = await run({ ends: [raising], people: 1, lease: always })
    expect(busy.total).to.deep.include({ busy: 1, setAside: [], stopped: null })
  })
})

describe('a batch whose answer to COMMIT was lost', () => {
  const owner = [{ owner: 'lab' }]
  const isCursor = ({ text }: Statement) => text.includes('oubli_cursor')

  it('is tried again when the cursor does not know of it', async () => {
    const lease = { name: 'run', token: 1n }
    const rows = (statement: Statement) => (isCursor(statement) ? [] : owner)
    const { total, tries, samples } = await run({ ends: [lost, committed({ done: 2 })], rows, lease })
    expect([tries, total.done, lease.token]).to.deep.equal([2, 2, 5n])
    expect(samples[0]).to.deep.equal({ milliseconds: null, rows: 0, end: 'busy', asked: 2 })
    expect((await run({ ends: [lost], rows })).total.stopped).to.equal('connection lost')
  })

  it('is asked after five times while the server is gone, each time after a longer wait', async () => {
    let asked = 0
    const rows = () => {
      asked += 1
      throw failed('connection lost')
    }
    const { total, tries, sleeps, thrown } = await run({ ends: [lost], rows })
    expect([thrown, tries, asked]).to.deep.equal([null, 1, 5])
    expect(sleeps).to.deep.equal([100, 200, 400, 800])
    expect(total).to.deep.include({ busy: 0, setAside: [], stopped: 'connection lost' })
  })

  it('stops when something else goes wrong while it is asked after: nothing of it is tried again', async () => {
    for (const kind of ['damaged', 'lock wait', 'other'] as const) {
      let asked = 0
      const rows = (statement: Statement) => {
        if (!isCursor(statement)) return owner
        asked += 1
        throw failed(kind)
      }
      const { total, tries, thrown, sleeps } = await run({ ends: [lost, committed({})], rows })
      expect([thrown, total.stopped, tries, asked]).to.deep.equal([null, kind, 1, 1])
      expect(sleeps).to.deep.equal([])
    }
  })

  it('throws what is a defect while it is asked after', async () => {
    const defect = new Error('a defect')
    const rows = (): never => {
      throw defect
    }
    const { tries, thrown } = await run({ ends: [lost], rows })
    expect([thrown, tries]).to.deep.equal([defect, 1])
  })

  it('throws that a stranger has taken the lease meanwhile', async () => {
    const { thrown } = await run({ ends: [lost], rows: () => [] })
    expect(thrown).to.be.instanceOf(OubliError)
    expect((thrown as OubliError).code).to.equal('E_FENCED')
  })
})

describe('the gaps between rows', () => {
  const step = (enforced: boolean) => ({ name: 's', from: null, join: { enforced }, then: { act: 'erase' } })
  const isolationOf = async (policy: object) => [
    ...(await run({ ends: [committed({ done: 2 })], policy })).isolations,
  ]

  it('are held where a row can arrive that no foreign key ties, and only there', async () => {
    expect(await isolationOf({ rereadLast: [{}] })).to.deep.equal(['repeatable read'])
    expect(await isolationOf({ steps: [step(false)] })).to.deep.equal(['repeatable read'])
    expect(await isolationOf({ rereadLast: [{}], steps: [step(false)] })).to.deep.equal(['repeatable read'])
    expect(await isolationOf({})).to.deep.equal(['read committed'])
    expect(await isolationOf({ steps: [step(true)] })).to.deep.equal(['read committed'])
  })
})
