import { expect } from 'chai'
import { duration, progressLine, showProgress } from '../../cli/progress.ts'
import { rateOf, secondsLeft, shareOf, type Progress } from '../../jobs/progress.ts'
import { inProcess, quietIo } from './lab.ts'

const progress: Progress = {
  run: '0'.repeat(32),
  policy: 'page-views',
  done: 12_400,
  due: 50_000,
  perSecond: 3200.4,
  batchSize: 200,
  writers: 1,
  state: 'throttled',
  reason: 'throttled: replica lag 2.4 s > 1.5 s',
}

describe('the progress of a run', () => {
  it('is one line: how much, how fast, how long, and what holds it', () => {
    expect(progressLine(progress, 'en')).to.equal(
      'page-views: 12,400 of 50,000 (24 %), 3,200/s, 12 s left, throttled: replica lag 2.4 s > 1.5 s',
    )
    expect(progressLine({ ...progress, reason: null, writers: 3 }, 'fr').replace(/\s/g, ' ')).to.equal(
      'page-views: 12 400 sur 50 000 (24 %), 3 200/s, encore 12 s, 3 écrivains',
    )
  })

  it('guesses no end before one percent is done, and never divides by nothing', () => {
    expect(secondsLeft({ done: 499, due: 50_000, perSecond: 10 })).to.equal(null)
    expect(secondsLeft({ done: 500, due: 50_000, perSecond: 10 })).to.equal(4950)
    expect(secondsLeft({ done: 500, due: 50_000, perSecond: null })).to.equal(null)
    expect(shareOf({ done: 0, due: 0 })).to.equal(null)
    expect(progressLine({ ...progress, done: 0, due: 0, perSecond: null, reason: null }, 'en')).to.equal(
      'page-views: 0 of 0',
    )
  })

  it('does not count the time in which it was held as slowness', () => {
    expect(rateOf(100, 10_000, 0)).to.equal(10)
    expect(rateOf(100, 10_000, 9000)).to.equal(100)
    expect(rateOf(0, 10_000, 0)).to.equal(null)
    expect(rateOf(5, 10, 10)).to.equal(null)
  })

  it('says times as people do', () => {
    expect([0.2, 99, 101, 5940, 12_000].map(duration)).to.deep.equal([
      '1 s',
      '99 s',
      '2 min',
      '99 min',
      '3 h 20 min',
    ])
  })

  function shown(options: { json?: boolean; every?: number; terminal?: boolean }) {
    const err: string[] = []
    const live: string[] = []
    let now = 0
    const show = showProgress(
      {
        ...quietIo('/nowhere'),
        err: (line) => void err.push(line),
        clock: () => now,
        ...(options.terminal === true ? { live: (line: string) => void live.push(line) } : {}),
      },
      { json: options.json ?? false, lang: 'en', every: options.every ?? 60 },
    )
    for (; now <= 180_000; now += 500) show(progress)
    show({ ...progress, policy: null })
    return { err, live }
  }

  it('is a line a minute, or written over on a terminal', () => {
    expect(shown({})).to.deep.equal({ err: Array(3).fill(progressLine(progress, 'en')), live: [] })
    const terminal = shown({ terminal: true })
    expect([terminal.err, new Set(terminal.live).size, terminal.live.length]).to.deep.equal([[], 1, 361])
    expect(shown({ every: 0, terminal: true })).to.deep.equal({ err: [], live: [] })
    expect(shown({ every: 90 }).err).to.have.length(2)
  })

  it('is a line a minute where nothing else is asked for', async () => {
    const { out } = await inProcess('/nowhere', ['run', '--help'])
    expect(out.replace(/\s+/g, ' ')).to.match(/--progress <seconds>[^-]*\(default: 60\)/)
  })

  it('is objects with --json, also on a terminal', () => {
    const { err, live } = shown({ json: true, terminal: true })
    expect([err.length, live]).to.deep.equal([3, []])
    expect(JSON.parse(err[0] ?? '')).to.deep.equal({
      progress: {
        run: '0'.repeat(32),
        policy: 'page-views',
        done: 12_400,
        due: 50_000,
        share: 0.248,
        per_second: 3200.4,
        seconds_left: 37_600 / 3200.4,
        batch_size: 200,
        writers: 1,
        state: 'throttled',
        reason: 'throttled: replica lag 2.4 s > 1.5 s',
      },
    })
  })
})
