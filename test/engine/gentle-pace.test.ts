import { expect } from 'chai'
import { gentlePace, type Hold, type PaceOptions, type Room } from '../../engine/gentle-pace.ts'

/** A pace whose clock is moved by its own sleeping, with everything else in the hands of the test. */
function world() {
  const here = {
    now: 0,
    duty: 0.1,
    hold: null as Hold | null,
    room: 'grow' as Room,
    stop: null as string | null,
    max: 1000,
    together: 1,
    /** Called after each sleep. */
    slept: () => undefined,
    waited: { paused: 0, throttled: 0, resting: 0 },
  }
  const options: PaceOptions = {
    limits: () => ({ min: 10, max: here.max, start: 200, targetMs: 100 }),
    duty: () => here.duty,
    writers: () => 1,
    together: () => here.together,
    site: { hold: () => here.hold, room: () => here.room },
    stop: () => here.stop,
    stopwatch: () => here.now,
    sleep: (milliseconds) => {
      here.now += milliseconds
      here.slept()
      return Promise.resolve()
    },
    told: { waited: (kind, milliseconds) => void (here.waited[kind] += milliseconds) },
  }
  return { here, options, pace: gentlePace(options) }
}

describe('the gentle pace', () => {
  it('rests after a transaction so that a tenth of the time is written', async () => {
    const { here, pace } = world()
    expect(await pace.turn()).to.equal(null)
    expect(here.now).to.equal(0)
    pace.took({ milliseconds: 30, rows: 1, end: 'committed' })
    await pace.turn()
    expect(here.now).to.be.closeTo(270, 0.001)
    here.room = 'slow'
    pace.took({ milliseconds: 30, rows: 1, end: 'busy' })
    await pace.turn()
    expect(here.now).to.be.closeTo(270 + 570, 0.001)
    here.room = 'grow'
    here.duty = 1
    pace.took({ milliseconds: 30, rows: 1, end: 'committed' })
    await pace.turn()
    expect(here.now).to.be.closeTo(840, 0.001)
    expect(here.waited.resting).to.be.closeTo(840, 0.001)
  })

  it('rests as after the one before when nobody knows how long one took', async () => {
    const { here, pace } = world()
    pace.took({ milliseconds: 30, rows: 1, end: 'committed' })
    await pace.turn()
    pace.took({ milliseconds: null, rows: 1, end: 'committed' })
    await pace.turn()
    expect(here.now).to.be.closeTo(540, 0.001)
  })

  it('counts as rest the time that the caller spent elsewhere', async () => {
    const { here, pace } = world()
    pace.took({ milliseconds: 10, rows: 1, end: 'committed' })
    here.now += 60
    await pace.turn()
    expect(here.now).to.be.closeTo(90, 0.001)
  })

  it('waits while it is held, and halves what comes after a throttle, once', async () => {
    const { here, pace } = world()
    here.hold = { kind: 'throttled', why: 'throttled: x', hard: false }
    here.slept = () => {
      if (here.now >= 5000) here.hold = null
    }
    expect(await pace.turn()).to.equal(null)
    expect(here.now).to.equal(5000)
    expect(pace.size()).to.equal(100)
    expect(here.waited).to.deep.equal({ paused: 0, throttled: 5000, resting: 0 })
  })

  it('begins with the smallest after a hard one, and as before after a pause', async () => {
    for (const [kind, hard, size] of [
      ['throttled', true, 10],
      ['paused', false, 200],
    ] as const) {
      const { here, pace } = world()
      here.hold = { kind, why: '', hard }
      here.slept = () => {
        if (here.now >= 1000) here.hold = null
      }
      await pace.turn()
      expect(pace.size()).to.equal(size)
    }
  })

  it('keeps to limits that change while it works, as at the end of maintenance hours', () => {
    const { here, pace } = world()
    expect(pace.size()).to.equal(200)
    here.max = 50
    expect(pace.size()).to.equal(50)
  })

  it('hears a stop within a fifth of a second, also while it is held or rests', async () => {
    for (const held of [true, false]) {
      const { here, pace } = world()
      if (held) here.hold = { kind: 'paused', why: '', hard: false }
      pace.took({ milliseconds: 60_000, rows: 1, end: 'committed' })
      here.slept = () => {
        if (here.now >= 1000) here.stop = 'stopped'
      }
      expect(await pace.turn()).to.equal('stopped')
      expect(here.now).to.be.at.most(1200)
    }
  })

  it('grows only where there is room', () => {
    for (const [room, size] of [
      ['grow', 300],
      ['hold', 200],
      ['slow', 200],
    ] as const) {
      const { here, pace } = world()
      here.room = room
      for (let i = 0; i < 11; i += 1) pace.took({ milliseconds: 1, rows: 1, end: 'committed' })
      expect(pace.size(), room).to.equal(size)
    }
  })

  it('lets no more follow each other than end within a fifth of a second', () => {
    const { here, pace } = world()
    here.together = 10
    expect(pace.together(), 'before the first').to.equal(1)
    for (const [milliseconds, together] of [
      [1, 10],
      [0, 10],
      [30, 6],
      [100, 2],
      [5000, 1],
    ] as const) {
      pace.took({ milliseconds, rows: 1, end: 'committed' })
      expect(pace.together(), `${milliseconds} ms`).to.equal(together)
    }
    pace.took({ milliseconds: 30, rows: 1, end: 'committed' })
    pace.took({ milliseconds: 5000, rows: 0, end: 'busy' })
    expect(pace.together(), 'one that met a lock').to.equal(6)
  })

  it('begins with the smallest when a throttle becomes hard, at the first look already', async () => {
    for (const before of [0, 1]) {
      const { here, pace } = world()
      const hold = (hard: boolean): Hold => ({ kind: 'throttled', why: '', hard })
      here.hold = hold(before === 0)
      let looks = 0
      here.slept = () => {
        looks += 1
        here.hold = looks === before ? hold(true) : null
      }
      await pace.turn()
      expect(pace.size()).to.equal(10)
    }
  })

  it('tells a wait of several writers once', async () => {
    const { here, options } = world()
    const ends: (() => void)[] = []
    const pace = gentlePace({ ...options, sleep: () => new Promise((resolve) => ends.push(resolve)) })
    pace.took({ milliseconds: 10, rows: 1, end: 'committed' })
    const turns = [pace.turn(), pace.turn()]
    // They ask before they sleep.
    await Promise.resolve()
    here.now = 90
    for (const end of ends) end()
    await Promise.all(turns)
    expect(here.waited.resting).to.equal(90)
  })

  it('begins smaller once, however many writers a throttle holds', async () => {
    const { here, options } = world()
    const ends: (() => void)[] = []
    const pace = gentlePace({ ...options, sleep: () => new Promise((resolve) => ends.push(resolve)) })
    for (const size of [100, 50]) {
      here.hold = { kind: 'throttled', why: '', hard: false }
      const turns = [pace.turn(), pace.turn(), pace.turn()]
      await Promise.resolve()
      here.hold = null
      for (const end of ends.splice(0)) end()
      await Promise.all(turns)
      expect(pace.size(), 'and again when it comes back').to.equal(size)
    }
  })

  it('needs nobody who listens', async () => {
    const { told, ...silent } = world().options
    expect(told).to.have.keys('waited')
    for (const options of [silent, { ...silent, told: {} }]) {
      const pace = gentlePace(options)
      pace.took({ milliseconds: 10, rows: 1, end: 'committed' })
      expect(await pace.turn()).to.equal(null)
    }
  })
})
