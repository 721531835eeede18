import { expect } from 'chai'
import type { Language } from '../../policies/problem.ts'
import type { DeclaredBackup, ReportFacts } from '../../report/facts.ts'
import { reportView } from '../../report/view.ts'
import { facts, now, past, policy } from './sample.ts'

/**
 * Some hidden count stands in every place of the report where there can be one; sums move with it. Each act of the
 * small run has a large one beside it, of another run.
 */
function withSmall(small: number, basis: 'exact' | 'estimate' = 'exact'): ReportFacts {
  const months = Array.from({ length: 36 }, (_, i) => ({ rows: i === 3 ? small : 7, basis }))
  const one = policy({
    past: { due: past(20), held: past(small), unreachable: past(3) },
    scope: { rows: 20 + small + 3 + small + 35 * 7 + small, basis: 'exact' },
    doubtful: { rows: small, basis: 'exact' },
    forecast: months,
    setAside: { rows: small, since: now },
    done: [doneWith(30), doneWith(small)],
  })
  const scope = { rows: 35 * 7 + small, basis: 'exact' } as const
  const done = [{ ...doneWith(30), acts: { users: { erased: 30 } } }]
  const other = policy({ forecast: months, scope, done, setAside: { rows: 30, since: now } }, 'q')
  const run = { id: 'r', asOf: now, job: 'run', state: 'partly' as const }
  return facts([one, other], {
    months: months.map((_, i) => now + i * 30 * 86_400_000),
    runs: [
      { ...run, whyStopped: `${small} row(s) set aside`, rows: [small, 0], mails: [small, 0] },
      { ...run, whyStopped: null, rows: [30, 30], mails: [30, 30] },
      { ...run, whyStopped: `${30 + small} row(s) set aside`, rows: [30, small], mails: [30, small] },
    ],
  })
}

function doneWith(rows: number) {
  return {
    ...{ rows, warned: rows, returned: rows },
    acts: { users: { erased: rows }, orders: { erased: 30, detached: rows } },
    again: { asked: rows, left: 0 },
    basis: 'exact' as const,
  }
}

describe('the page', () => {
  for (const lang of ['en', 'fr'] as const)
    it(`is the same whatever its hidden counts are (${lang})`, () => {
      const page = (small: number, masks = true) => reportView(withSmall(small), { lang, masks })
      for (const small of [2, 3, 4]) expect(page(small)).to.deep.equal(page(1))
      expect(page(2, false)).not.to.deep.equal(page(1, false))
      expect(page(5)).not.to.deep.equal(page(4))
    })

  it('lets no small run be worked out from what its policy did in all', () => {
    const { cards, sections, runs } = reportView(withSmall(2), { lang: 'en', masks: true })
    expect(runs.rows.map(({ rows }) => rows)).to.deep.equal(['<5', '60', '≥\u00a030'])
    expect(runs.rows.at(-1)?.why).to.include('≥\u00a010')
    const [, , , people] = cards
    expect(people?.value).to.equal('≥\u00a060')
    const [first] = sections[0]?.policies ?? []
    expect(first?.warned).to.equal('≥\u00a030')
    expect(first?.acts.map(({ table, act, rows }) => [table, act, rows])).to.deep.equal([
      ['users', 'erased', '≥\u00a030'],
      ['orders', 'erased', '60'],
      ['orders', 'detached from the person', '≥\u00a030'],
    ])
  })

  it('lets no small month be worked out that is called an estimate and was counted', () => {
    const page = (small: number) => reportView(withSmall(small, 'estimate'), { lang: 'en', masks: true })
    for (const small of [2, 3, 4]) expect(page(small)).to.deep.equal(page(1))
    expect(page(2).promises[0]?.policies[1]?.scope).to.equal('≥\u00a0245')
  })

  it('calls a table that nobody counted about as large as the server says', () => {
    const scope = { rows: 5000, basis: 'estimate' } as const
    const view = reportView(facts([policy({ scope, past: { held: past(3) } })]), { lang: 'en', masks: true })
    expect(view.promises[0]?.policies[0]?.scope).to.equal('≈\u00a05,000')
  })
})

describe('what the page says of its figures', () => {
  const basis = (more: Partial<ReportFacts>, one = policy(), lang: Language = 'en') =>
    reportView(facts([one], more), { lang, masks: true }).basis
  const done = { ...doneWith(30), basis: 'at least' as const }
  const run = { id: 'r', asOf: now, job: 'run', state: 'interrupted' as const, whyStopped: null }

  it('is that every one is exact, where all are', () => {
    const whole = policy({ done: [doneWith(30)] })
    const runs = [{ ...run, rows: [], mails: [] }]
    expect(basis({ runs }, whole)).to.match(/^Every figure of this report is exact/)
    expect(basis({ runs }, whole, 'fr')).to.match(/^Tous les chiffres de ce rapport sont exacts/)
    expect(basis({ runs, counted: false }, whole)).to.include('oubli report --exact')
  })

  it('is what a run that was cut off left, and what was counted up to a limit, where something is', () => {
    const cut: Parameters<typeof basis>[] = [
      [{}, policy({ done: [doneWith(30), done] })],
      [{ runs: [{ ...run, rows: [0], mails: [0], basis: 'at least' }] }],
      [{}, policy({ doubtful: { rows: 10_000, basis: 'at least' } })],
    ]
    for (const [more, one] of cut) {
      expect(basis(more, one)).to.match(/^Figures without a sign are exact.*a run that was cut off/)
      expect(basis(more, one, 'fr')).to.match(
        /^Les chiffres sans signe sont exacts.*une exécution interrompue/,
      )
      expect(basis({ ...more, counted: false }, one)).to.include('oubli report --exact')
    }
  })
})

describe('dates that cannot be true', () => {
  it('are a lower bound beside their policy and among what needs a person', () => {
    const view = (basis: 'exact' | 'at least') => {
      const doubts = facts([policy({ doubtful: { rows: 10_000, basis } })])
      const { sections, matters } = reportView(doubts, { lang: 'en', masks: true })
      return [sections[0]?.policies[0]?.doubtful, matters[0]?.text.slice(0, 14)]
    }
    expect(view('exact')).to.deep.equal(['10,000', '10,000 rows ha'])
    expect(view('at least')).to.deep.equal(['≥\u00a010,000', '≥\u00a010,000 rows '])
  })
})

describe('what was said of a backup', () => {
  const text = (backup: DeclaredBackup | null, lang: Language) => {
    const { residual } = facts([])
    const view = reportView(facts([], { residual: { ...residual, backup } }), { lang, masks: true })
    return view.residual.rows[1]?.long ?? ''
  }

  it('is told as it was declared, and no longer as a copy when its day has passed', () => {
    const named = { state: 'named', taken: '2026-05-01', keptUntil: '2026-06-01' } as const
    const over = { ...named, keptUntil: '2026-05-31' }
    expect(text(named, 'en')).to.contain('the backup of 1 May 2026 is kept until 1 June 2026;')
    expect(text(over, 'en')).to.contain('was kept until 31 May 2026 and is gone;')
    expect(text(named, 'fr')).to.contain('la sauvegarde du 1er mai 2026 est gardée jusqu’au 1er juin 2026')
    expect(text(over, 'fr')).to.contain('était gardée jusqu’au 31 mai 2026 et n’existe plus')
  })

  it('is told where there is none, and where nobody said a word', () => {
    const none = { state: 'none', declaredOn: '2026-05-01' } as const
    expect(text(none, 'en')).to.contain('as declared on 1 May 2026, there are none')
    expect(text(none, 'fr')).to.contain('selon la déclaration du 1er mai 2026, il n’y en a pas')
    expect(text(null, 'en')).to.contain('not known to Oubli')
  })
})

describe('what a deletion leaves on replicas', () => {
  it('is told by their number, or that none is named', () => {
    const text = (replicas: number, lang: Language) => {
      const { residual } = facts([])
      const view = reportView(facts([], { residual: { ...residual, replicas } }), { lang, masks: true })
      return view.residual.rows[2]?.long ?? ''
    }
    for (const lang of ['en', 'fr'] as const) expect(text(0, lang)).not.to.equal(text(2, lang))
    expect(text(2, 'en')).to.match(/^2 /)
    expect(text(2, 'fr')).to.match(/^2 /)
  })
})

describe('the next day of a policy', () => {
  const next = (basis: 'exact' | 'estimate', lang: Language, subject = false) => {
    const one = policy({ next: { at: now + 10 * 86_400_000, basis }, subject })
    const view = reportView(facts([one]), { lang, masks: true })
    return [view.promises[0]?.policies[0]?.nextDue, view.sections[0]?.policies[0]?.nextDue]
  }

  it('says when it is an estimate, in the table and beside its policy', () => {
    for (const each of next('estimate', 'en')) expect(each).to.equal('≈\u00a011 June 2026')
    for (const each of next('estimate', 'fr')) expect(each).to.equal('≈\u00a011 juin 2026')
    for (const each of next('estimate', 'en', true)) expect(each).to.equal('≈\u00a0June 2026')
    for (const each of next('exact', 'en')) expect(each).to.equal('11 June 2026')
  })
})

describe('the oldest row of a policy', () => {
  it('is told with the day on which it began, of people with the month', () => {
    const text = (subject: boolean, basis: 'exact' | 'estimate' | 'not before') => {
      const one = policy({ oldest: { began: now - 1000 * 86_400_000, basis }, subject })
      return reportView(facts([one]), { lang: 'en', masks: true }).sections[0]?.policies[0]?.oldest
    }
    expect([text(false, 'exact'), text(true, 'exact')]).to.deep.equal(['5 September 2023', 'September 2023'])
    expect(text(false, 'estimate')).to.equal('≈\u00a05 September 2023')
    expect(text(true, 'not before')).to.equal('not before 5 September 2023')
    expect(
      reportView(facts([policy()]), { lang: 'en', masks: true }).sections[0]?.policies[0]?.oldest,
    ).to.equal('')
  })
})

describe('a backlog that is done', () => {
  it('is a line of the page, without a chart', () => {
    const frozen = {
      ...{ size: 30, frozenAt: now - 90 * 86_400_000, by: '2026-04-01' },
      pace: { perRun: 50, runEvery: 86_400_000, noticeDays: 0 },
    }
    const done = policy({ backlog: { ...frozen, left: 0, points: [] } }, 'p')
    const open = policy({ backlog: { ...frozen, left: 12, points: [] } }, 'q')
    const view = reportView(facts([done, open]), { lang: 'en', masks: true })
    expect(view.doneBacklogs.map(({ id }) => id)).to.deep.equal(['p'])
    expect(view.openBacklogs.map(({ id }) => id)).to.deep.equal(['q'])
    expect(view.backlogs).to.have.length(2)
  })
})
