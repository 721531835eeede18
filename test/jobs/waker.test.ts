import { expect } from 'chai'
import { waker } from '../../jobs/waker.ts'

const minute = 60_000

describe('the waker', () => {
  it('takes one look at a time, and keeps no ring of a look that takes long', async () => {
    let now = 0
    const ends: (() => void)[] = []
    const { wake, idle } = waker(
      () => now,
      () => new Promise((resolve) => void ends.push(resolve)),
    )
    wake()
    for (let ring = 1; ring <= 6; ring += 1) {
      now = ring * 5 * minute
      wake()
    }
    const free = idle()
    now += minute
    ends[0]?.()
    await free
    await new Promise((resolve) => setImmediate(resolve))
    expect(ends, 'nothing follows by itself').to.have.length(1)
    wake()
    expect(ends, 'nor in the minute in which it ended').to.have.length(1)
    now += 4 * minute
    for (let timers = 0; timers < 5; timers += 1) wake()
    expect(ends, 'one at the next ring').to.have.length(2)
  })

  it('takes timers that ring in the same minute for one', async () => {
    let looks = 0
    const { wake, idle } = waker(
      () => 7 * minute + looks,
      () => Promise.resolve(void (looks += 1)),
    )
    for (let timers = 0; timers < 5; timers += 1) {
      wake()
      await idle()
    }
    expect(looks).to.equal(1)
  })
})
