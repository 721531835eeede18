/** Who works beside whom, by the numbers of the writers, without any database. */
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Writer } from '../../engine/attempt.ts'
import { crewOf, type Crew } from '../../engine/crew.ts'
import { steadyPace } from '../../engine/pace.ts'

interface Job {
  readonly writer: string
  end: () => void
  fail: (error: Error) => void
}

/** Sends a job of so many rows, which lasts until it is told to end. */
function give(crew: Crew, size: number): Job {
  const told: { writer: string; end: () => void; fail: (error: Error) => void } = {
    writer: '',
    end: () => undefined,
    fail: () => undefined,
  }
  crew.send(size, (writer) => {
    told.writer = writer.cursor
    return new Promise<void>((resolve, reject) => {
      told.end = resolve
      told.fail = reject
    })
  })
  return told
}

const writerOf = (nr: number): Writer => ({
  pace: steadyPace(1, () => null),
  cursor: `w${nr}`,
  nextSeq: () => 1n,
})

/** What became of it so far. */
async function stateOf(work: Promise<unknown>): Promise<unknown> {
  return await Promise.race([
    work.then(
      () => 'over',
      (error: unknown) => (error as Error).message,
    ),
    sleep(20).then(() => 'waits'),
  ])
}

describe('a crew of writers', () => {
  it('gives each batch the first writer that has none, and knows how many rows they hold', async () => {
    const crew = crewOf(writerOf)
    expect(crew.inHand()).to.equal(0)
    const [first, second, third] = [give(crew, 5), give(crew, 3), give(crew, 4)]
    expect([first, second, third].map(({ writer }) => writer)).to.deep.equal(['w0', 'w1', 'w2'])
    expect(crew.inHand()).to.equal(12)
    second.end()
    await crew.atMost(2)
    expect(crew.inHand()).to.equal(9)
    expect(give(crew, 1).writer).to.equal('w1')
  })

  it('waits until no more than so many are at work', async () => {
    const crew = crewOf(writerOf)
    const jobs = [give(crew, 1), give(crew, 1)]
    expect(await stateOf(crew.atMost(2))).to.equal('over')
    const one = crew.atMost(1)
    const none = crew.atMost(0)
    expect([await stateOf(one), await stateOf(none)]).to.deep.equal(['waits', 'waits'])
    jobs[1]?.end()
    expect([await stateOf(one), await stateOf(none)]).to.deep.equal(['over', 'waits'])
    jobs[0]?.end()
    expect(await stateOf(none)).to.equal('over')
  })

  it('tells what broke under one of them without waiting for the others, who are waited for all the same', async () => {
    const crew = crewOf(writerOf)
    const [first, second] = [give(crew, 1), give(crew, 1)]
    const free = crew.atMost(0)
    first.fail(new Error('broken'))
    expect(await stateOf(free)).to.equal('broken')
    expect(await stateOf(crew.atMost(5)), 'from now on').to.equal('broken')
    const home = crew.home()
    expect(await stateOf(home)).to.equal('waits')
    second.fail(new Error('broken later'))
    expect(await stateOf(home), 'throws nothing').to.equal('over')
    expect(await stateOf(crew.atMost(0)), 'the first').to.equal('broken')
  })
})
