import { expect } from 'chai'
import type { ReportFacts } from '../../report/facts.ts'
import { reportView } from '../../report/view.ts'
import { facts, now, past, policy } from './sample.ts'

/** Some hidden count stands in every place of the report where there can be one; sums move with it. */
function withSmall(small: number): ReportFacts {
  const months = Array.from({ length: 36 }, (_, i) => ({
    rows: i === 3 ? small : 7,
    basis: 'exact' as const,
  }))
  const one = policy({
    past: { due: past(20), held: past(small), unreachable: past(3) },
    scope: { rows: 20 + small + 3 + small + 35 * 7 + small, basis: 'exact' },
    doubtful: small,
    forecast: months,
    setAside: { rows: small, since: now },
    done: {
      rows: small,
      warned: small,
      returned: small,
      acts: { users: { erased: small }, orders: { erased: 30, detached: small } },
      again: { asked: small, left: 0 },
    },
  })
  const scope = { rows: 35 * 7 + small, basis: 'exact' } as const
  const done = { ...one.done, rows: 30, acts: { users: { erased: 30 } } }
  const other = policy({ forecast: months, scope, done, setAside: { rows: 30, since: now } }, 'q')
  const run = { id: 'r', asOf: now, job: 'run', state: 'partly' as const }
  return facts([one, other], {
    months: months.map((_, i) => now + i * 30 * 86_400_000),
    runs: [{ ...run, whyStopped: `${small} row(s) set aside`, rows: [small, 30], mails: [small, 0] }],
  })
}

describe('the page', () => {
  for (const lang of ['en', 'fr'] as const)
    it(`is the same whatever its hidden counts are (${lang})`, () => {
      const page = (small: number, masks = true) => reportView(withSmall(small), { lang, masks })
      for (const small of [2, 3, 4]) expect(page(small)).to.deep.equal(page(1))
      expect(page(2, false)).not.to.deep.equal(page(1, false))
      expect(page(5)).not.to.deep.equal(page(4))
    })
})
