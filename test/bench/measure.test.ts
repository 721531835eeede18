import { expect } from 'chai'
import { measure, type Observed, type Sample } from '../../bench/observe.ts'
import { shuffled, timedRounds, type Bench } from '../../bench/rounds.ts'

/** Ten looks a second; it writes 1,000 rows a second from 2.0 s to 6.0 s, and ends at 6.5 s. */
function watched(more: Partial<Observed> = {}): Observed {
  const samples = Array.from({ length: 66 }, (_, i): Sample => {
    const seconds = i / 10
    const busy = Math.min(4, Math.max(0, seconds - 2))
    return {
      at: 50_000 + seconds * 1000,
      // Forty rows of leases and heartbeats before: no work yet.
      written: 700 + Math.min(40, i * 4) + busy * 1000,
      history: Math.round(busy * 10),
      cpu: 3 + 0.1 * seconds + busy * 0.4,
      own: 0.5 + busy * 0.02,
    }
  })
  return { samples, wall: 6.5, drain: 1, server: 2.65, peakMegabytes: 99, ...more }
}

describe('what is seen of a contender', () => {
  it('is its speed between first and last write, and its time before and after', () => {
    const found = measure(watched(), 10_000, 4000)
    expect(found.rate).to.be.closeTo(1000, 25)
    expect(found.lead).to.be.closeTo(2, 0.21)
    expect(found.writing).to.be.closeTo(4, 0.21)
    expect(found.tail).to.be.closeTo(0.5, 0.21)
    expect(found.historyMost).to.equal(40)
    expect(found.ownCpu).to.be.closeTo(20, 1)
    expect(found.ownTotal).to.be.closeTo(0.58, 1e-9)
  })

  it('counts the time of the purge behind it, and the whole job with planning and end', () => {
    const found = measure(watched(), 10_000, 4000)
    expect(found.sustained).to.be.closeTo(4000 / (4000 / found.rate + 1), 1e-9)
    expect(found.whole).to.be.closeTo(10_000 / (found.lead + 10_000 / found.rate + found.tail), 1e-9)
    expect(measure(watched({ drain: null }), 10_000, 4000).sustained).to.be.NaN
  })

  it('charges the server only from the first write on', () => {
    const { samples } = watched()
    const first = samples[0]!
    const planning = samples.map((one, i) => ({ ...one, cpu: one.cpu + Math.min(20, i) }))
    const plain = measure(watched(), 10_000, 4000).serverCpu
    const busy = measure(watched({ samples: planning, server: 2.65 + 20 }), 10_000, 4000).serverCpu
    expect(first.cpu).to.equal(3)
    expect(busy).to.be.closeTo(plain, 1)
  })

  it('counts people, not the rows that went with them', () => {
    const found = measure(watched(), 500, 200)
    expect(found.units).to.equal(200)
    expect(found.rate).to.be.closeTo(50, 2)
  })
})

describe('paired rounds', () => {
  const bench = (rounds: number, deadline: number): Bench =>
    ({ rounds, deadline, say: () => undefined }) as unknown as Bench

  it('are as many as asked', async () => {
    expect(await timedRounds(bench(3, Infinity), (n) => Promise.resolve(n))).to.deep.equal([1, 2, 3])
  })

  it('are one at least, and none more when the time is over', async () => {
    const said: string[] = []
    const over = { ...bench(3, -1), say: (line: string) => void said.push(line) }
    expect(await timedRounds(over, (n) => Promise.resolve(n))).to.deep.equal([1])
    expect(said).to.deep.equal(['1 of 3 rounds: the time is over'])
  })

  it('begin in any order, with everybody in it', () => {
    const random = [0.9, 0.1, 0.5]
    expect(shuffled(['a', 'b', 'c'], () => random.shift() ?? 0)).to.deep.equal(['b', 'c', 'a'])
  })
})
