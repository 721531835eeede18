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
    /** Called after each sleep. */
    slept: () => undefined,
    waited: { paused: 0, throttled: 0, resting: 0 },
  }
  const options: PaceOptions = {
    limits: () => ({ min: 10, max: here.max, start: 200, targetMs: 100 }),
    duty: () => here.duty,
    writers: () => 1,
    together: () => 1,
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
  return { here, pace: gentlePace(options) }
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
})
