import { expect } from 'chai'
import { emptyDone, mostRuns, toldApart, totalOf } from '../../report/done.ts'

describe('what a policy did', () => {
  const did = (rows: number) => ({
    ...emptyDone,
    ...{ rows, acts: { users: { erased: rows } }, again: { asked: rows, left: 0 } },
  })

  it('is told run by run as far as the page shows the runs, and as one before', () => {
    const runs = [
      ...Array.from({ length: mostRuns }, (_, i) => (i === 1 ? null : did(i + 1))),
      did(2),
      did(3),
    ]
    const told = runs.map((done, i) => ({ run: `r${i}`, done }))
    const parts = toldApart(told)
    expect(parts).to.have.length(mostRuns)
    expect(parts.slice(0, 2)).to.deep.equal([did(1), did(3)])
    expect(parts.at(-1)).to.deep.equal(did(5))
    expect(totalOf(parts)).to.deep.equal(totalOf(runs.filter((one) => one !== null)))
    const named = toldApart(told, new Set([`r${mostRuns + 1}`]))
    expect(named.slice(-2), 'one that the page names is told by itself').to.deep.equal([did(3), did(2)])
  })

  it('is a lower bound where one of its parts is', () => {
    const cut = { ...did(2), basis: 'at least' } as const
    for (const parts of [
      [did(1), cut],
      [cut, did(1)],
    ])
      expect(totalOf(parts).basis).to.equal('at least')
    expect(totalOf([did(1), did(2)]).basis).to.equal('exact')
  })

  it('is nothing where no run did anything', () => {
    expect(toldApart([null, null].map((done, i) => ({ run: `r${i}`, done })))).to.deep.equal([])
    expect(totalOf([])).to.deep.equal(emptyDone)
  })
})
