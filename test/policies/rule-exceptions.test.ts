import { join } from 'node:path'
import { expect } from 'chai'
import type { DataMap, Strategy, TimeColumn } from '../../policies/data-map.ts'
import type { Condition, Policy } from '../../policies/policy.ts'
import { checkRules } from '../../policies/rules.ts'
import { readFolder } from './corpus.ts'

const shop = readFolder(join('policies', 'sample-shop'))

function codesOf(change: (policy: Policy) => Partial<Policy>): readonly string[] {
  const policies = shop.policies.map((policy) => ({ ...policy, ...change(policy) }))
  const nowhere = { file: '', line: 1, column: 1 }
  return checkRules(policies, shop.dataMap, () => nowhere, 'data-map.yml').map(({ code }) => code)
}

function only(id: string, conditions: readonly Condition[]): (policy: Policy) => Partial<Policy> {
  return (policy) => (policy.id === id ? { only: conditions } : {})
}

describe('two policies on one kind', () => {
  it('stand together while their amounts part at one limit', () => {
    expect(codesOf(() => ({}))).not.to.include('E_TWO_POLICIES')
  })

  it('clash as soon as one amount fits both', () => {
    const below = (amount: string): Condition => ({ column: 'total', test: 'below', amount })
    expect(codesOf(only('ended-contracts', [below('120')]))).not.to.include('E_TWO_POLICIES')
    expect(codesOf(only('ended-contracts', [below('120.01')]))).to.include('E_TWO_POLICIES')
  })

  it('may be an inactivity and a request, because either way the account is erased', () => {
    expect(codesOf(({ data }) => (data === 'account' ? { only: [] } : {}))).not.to.include('E_TWO_POLICIES')
  })

  it('clash when one of them keeps at least', () => {
    const change = (policy: Policy): Partial<Policy> =>
      policy.data !== 'account'
        ? {}
        : { only: [], keepAtLeast: policy.id === 'inactive-accounts' ? policy.keepAtMost : null }
    expect(codesOf(change)).to.include('E_TWO_POLICIES')
  })

  it('clash when both truncate the same column and neither follows the other', () => {
    const change = (policy: Policy): Partial<Policy> =>
      policy.id === 'technical-data' ? { follows: null, then: 'truncate fields', fields: ['ip'] } : {}
    expect(codesOf(change)).to.include('E_TWO_POLICIES')
  })
})

describe('two policies on one table', () => {
  /** Both kinds of the shop lie in the table of consents. */
  const told = (
    consents: Partial<Policy>,
    proofs: Partial<Policy>,
    constants: readonly (Readonly<Record<string, string>> | null)[] = [null, null],
  ): readonly string[] => {
    const kinds = { ...shop.dataMap.kinds }
    for (const [i, name] of ['consent', 'consent_proof'].entries()) {
      const [kind, where] = [kinds[name], constants[i]]
      if (kind !== undefined && where != null) kinds[name] = { ...kind, link: { columns: {}, where } }
    }
    const policies = shop.policies.map((policy) => {
      if (policy.id === 'consents') return { ...policy, ...consents }
      return policy.id === 'consent-proofs' ? { ...policy, ...proofs } : policy
    })
    const nowhere = { file: '', line: 1, column: 1 }
    return checkRules(policies, { ...shop.dataMap, kinds }, () => nowhere, 'data-map.yml')
      .filter(({ code }) => code === 'E_TWO_POLICIES')
      .map(({ params }) => `${params['kind'] ?? ''} as ${params['same'] ?? ''}`)
  }
  const clash = ['consent as consent_proof']
  const is = (...values: readonly string[]): Partial<Policy> => ({
    only: [{ column: 'status', test: 'is one of', values }],
  })

  it('clash although their kinds have two names', () => {
    expect(told({}, {})).to.deep.equal([])
    expect(told({ only: [] }, {})).to.deep.equal(clash)
    expect(told({ then: 'truncate fields', fields: ['proof'], only: [] }, {})).to.deep.equal([])
  })

  it('clash where a column may take their values for the same', () => {
    for (const [one, other] of [
      ['given', 'Given'],
      ['refuse', 'refusé'],
      ['given', 'given '],
      ['true', '1'],
      ['false', '0'],
      ['true', 'TRUE'],
      ['1', '1.0'],
    ] as const) {
      expect(told(is(one), is('expired', other)), `${one} ${other}`).to.deep.equal(clash)
      expect(told(is(other), is('expired', one)), `${other} ${one}`).to.deep.equal(clash)
    }
    for (const [one, other] of [
      ['true', '0'],
      ['true', 'false'],
      ['1', '2'],
      ['0', ''],
    ] as const)
      expect(told(is(one), is(other)), `${one} ${other}`).to.deep.equal([])
  })

  it('stand apart by the constants of their kinds', () => {
    const all = { only: [] }
    expect(told(all, all, [{ purpose: 'ads' }, { purpose: 'counting' }])).to.deep.equal([])
    expect(told(all, all, [{ purpose: 'ads' }, { purpose: 'Ads' }])).to.deep.equal(clash)
    expect(told(all, all, [{ purpose: 'ads' }, { place: 'shop' }])).to.deep.equal(clash)
    expect(told(all, is('given'), [{ status: 'refused' }, null])).to.deep.equal([])
    expect(told(all, is('given'), [{ status: 'given' }, null])).to.deep.equal(clash)
  })
})

describe('a later phase', () => {
  const year = { years: 1, months: 0, weeks: 0, days: 0, hours: 0 }
  const phases = (first: Partial<Policy>, second: Partial<Policy> = {}): readonly string[] =>
    codesOf(({ id }) =>
      id === 'technical-data-truncated' ? first : id === 'technical-data' ? second : {},
    ).filter((code) => code.startsWith('E_PHASE') || code === 'E_TWO_POLICIES')
  const anonymous = { then: 'anonymise', fields: [] } as const

  it('counts from the event of the one before, unless no row falls under both', () => {
    const other = { countedFrom: 'registered' }
    expect(phases(anonymous)).to.deep.equal([])
    expect(phases({ ...anonymous, ...other })).to.deep.equal(['E_PHASE_TWO_CLOCKS'])
    expect(phases(other), 'truncation leaves the row').to.deep.equal([])
    const path = (value: string): Partial<Policy> => ({
      only: [{ column: 'path', test: 'is one of', values: [value] }],
    })
    expect(phases({ ...anonymous, ...other, ...path('/a') }, path('/b'))).to.deep.equal([])
  })

  it('may begin with what the one before notes when it is done', () => {
    const [like] = shop.policies.filter(({ id }) => id === 'technical-data')
    const kind = shop.dataMap.kinds[like?.data ?? '']
    const visited = kind?.events['visited']
    if (kind === undefined || visited === undefined) throw new Error('the shop has no such kind')
    const told = (column: string, rest: Partial<typeof visited> = {}): readonly string[] => {
      const [first] = visited.latestOf
      if (first === undefined) throw new Error('the event has no source')
      const left = { ...visited, name: 'left', latestOf: [{ ...first, column }], else: null, ...rest }
      const kinds = {
        ...shop.dataMap.kinds,
        [like?.data ?? '']: {
          ...kind,
          done: { anonymise: 'anonymised_at' },
          events: { ...kind.events, left },
        },
      }
      const policies = shop.policies.map((policy) => ({
        ...policy,
        ...(policy.id === 'technical-data-truncated' ? anonymous : {}),
        ...(policy.id === 'technical-data' ? { countedFrom: 'left' } : {}),
      }))
      const nowhere = { file: '', line: 1, column: 1 }
      return checkRules(policies, { ...shop.dataMap, kinds }, () => nowhere, 'data-map.yml')
        .map(({ code }) => code)
        .filter((code) => code === 'E_PHASE_TWO_CLOCKS')
    }
    expect(told('anonymised_at')).to.deep.equal([])
    expect(told('visited_at')).to.deep.equal(['E_PHASE_TWO_CLOCKS'])
    expect(
      told('anonymised_at', { else: visited.latestOf[0] ?? null }),
      'another may begin it',
    ).to.deep.equal(['E_PHASE_TWO_CLOCKS'])
  })

  it('takes up rows that another kind of the table names', () => {
    const codes = (data: string): readonly string[] =>
      codesOf(({ id }) =>
        id === 'consent-proofs' ? { follows: 'consents', data, only: [], countedFrom: 'given' } : {},
      ).filter((code) => code === 'E_PHASE_HOLE')
    expect(codes('consent_proof')).to.deep.equal([])
    expect(codes('cookie')).to.deep.equal(['E_PHASE_HOLE'])
  })

  it('is asked the same of every phase before it', () => {
    const [like] = shop.policies.filter(({ id }) => id === 'technical-data')
    if (like === undefined) throw new Error('the shop has no such policy')
    const first = { ...like, ...anonymous, id: 'first', follows: null, countedFrom: 'registered' }
    const policies = shop.policies.map((policy) =>
      policy.id === 'technical-data-truncated' ? { ...policy, follows: 'first' } : policy,
    )
    const nowhere = { file: '', line: 1, column: 1 }
    const found = checkRules([first, ...policies], shop.dataMap, () => nowhere, 'data-map.yml')
    expect(found.filter(({ code }) => code.startsWith('E_PHASE')).map(({ params }) => params)).to.deep.equal([
      { before: 'first', first: 'registered', found: 'visited' },
    ])
  })

  it('keeps its duty only behind a phase that lasts as long', () => {
    const duty = { keepAtLeast: year }
    expect(phases(anonymous, duty)).to.deep.equal(['E_PHASE_BREAKS_DUTY'])
    expect(phases({ ...anonymous, keepAtMost: year }, duty)).to.deep.equal([])
    expect(phases({}, duty), 'truncation leaves the row').to.deep.equal([])
  })

  it('keeps the duty of an archive behind what comes before the archive', () => {
    const [like] = shop.policies.filter(({ id }) => id === 'invoices-active')
    if (like === undefined) throw new Error('the shop has no such policy')
    const policies = shop.policies.map((policy) =>
      policy.id === 'invoices-active' ? { ...policy, follows: 'nameless' } : policy,
    )
    const nowhere = { file: '', line: 1, column: 1 }
    const told = (first: Partial<Policy>): readonly string[] =>
      checkRules(
        [{ ...like, id: 'nameless', then: 'anonymise', ...first }, ...policies],
        shop.dataMap,
        () => nowhere,
        'data-map.yml',
      )
        .map(({ code }) => code)
        .filter((code) => code.startsWith('E_PHASE') || code === 'E_TWO_POLICIES')
    expect(told({ keepAtMost: year })).to.deep.equal(['E_PHASE_BREAKS_DUTY'])
    expect(told({ keepAtMost: year, then: 'truncate fields', fields: ['address'] })).to.deep.equal([])
  })
})

describe('a duty to keep', () => {
  it('is broken when the invoices of an account are erased with it', () => {
    const change = ({ but }: Policy): Partial<Policy> => ({
      but: Object.fromEntries(Object.entries(but).filter(([name]) => name !== 'invoice')),
    })
    expect(codesOf(change)).to.include('E_DUTY_TO_KEEP_BROKEN')
  })

  it('is kept where what the row hangs on stays as well', () => {
    const reason = 'Orders stay under their own rules.'
    const ofOrders: DataMap = {
      ...shop.dataMap,
      kinds: { ...shop.dataMap.kinds, invoice: { ...shop.dataMap.kinds['invoice']!, of: 'order' } },
    }
    const codes = (act: 'keep' | 'erase') => {
      const departure = act === 'keep' ? { act, because: reason } : { act }
      const policies = shop.policies.map((policy) =>
        policy.data === 'account' ? { ...policy, but: { order: departure } } : policy,
      )
      const nowhere = { file: '', line: 1, column: 1 }
      return checkRules(policies, ofOrders, () => nowhere, 'data-map.yml').map(({ code }) => code)
    }
    expect(codes('keep')).not.to.include('E_DUTY_TO_KEEP_BROKEN')
    expect(codes('erase')).to.include('E_DUTY_TO_KEEP_BROKEN')
  })
})

describe('an account', () => {
  it('needs no warning after a decision or a request, but after silence', () => {
    expect(codesOf(() => ({}))).not.to.include('E_ACCOUNT_NOT_WARNED')
    expect(codesOf(() => ({ warn: null }))).to.include('E_ACCOUNT_NOT_WARNED')
  })
})

describe('a starved clock', () => {
  const sessions = (years: number, days: number): readonly string[] =>
    codesOf(({ id }) =>
      id === 'session-addresses'
        ? { then: 'erase', fields: [], keepAtMost: { years, months: 0, weeks: 0, days, hours: 0 } }
        : {},
    )

  it('is found while the sign-ins go before the term and the notice are over', () => {
    expect(sessions(3, 29)).to.include('E_CLOCK_STARVED')
  })

  it('is fed when they stay for both', () => {
    expect(sessions(3, 30)).not.to.include('E_CLOCK_STARVED')
  })

  const withMap = (
    change: (map: DataMap) => DataMap,
    policies: (policy: Policy) => Partial<Policy> = () => ({}),
  ): readonly string[] => {
    const nowhere = { file: '', line: 1, column: 1 }
    const all = shop.policies.map((policy) => ({ ...policy, ...policies(policy) }))
    return checkRules(all, change(shop.dataMap), () => nowhere, 'data-map.yml')
      .filter(({ code }) => code.startsWith('E_CLOCK_STARVED'))
      .map(({ code, params }) => `${code} ${params['source'] ?? ''}`)
  }

  /** The accounts' clock reads one more column. */
  const reading = (path: string): ((map: DataMap) => DataMap) => {
    const [table = '', column = ''] = path.split('.')
    return (map) => {
      const { account } = map.kinds
      const { last_login: clock } = account?.events ?? {}
      if (account === undefined || clock === undefined) throw new Error('the shop has no such clock')
      const [scanned] = clock.latestOf
      if (scanned === undefined) throw new Error('the clock reads nothing')
      const latestOf = [...clock.latestOf, { ...scanned, table, column }]
      const events = { ...account.events, last_login: { ...clock, latestOf } }
      return { ...map, kinds: { ...map.kinds, account: { ...account, events } } }
    }
  }

  const term = (years: number): Partial<Policy> => ({
    keepAtMost: { years, months: 0, weeks: 0, days: 0, hours: 0 },
  })
  const orders = (more: Partial<Policy>): ((policy: Policy) => Partial<Policy>) => {
    return ({ data }) => (data === 'order' ? { fields: [], ...more } : {})
  }

  it('is fed in the sample shop', () => {
    expect(withMap((map) => map)).to.deep.equal([])
  })

  it('is found where the rows leave with a row above them', () => {
    const erased = orders({ ...term(2), then: 'erase' })
    expect(withMap(reading('order_lines.packed_at'), erased)).to.include(
      'E_CLOCK_STARVED order_lines.packed_at',
    )
    const kept = orders({ ...term(2), then: 'erase', but: { order_line: { act: 'detach' } } })
    expect(withMap(reading('order_lines.packed_at'), kept)).to.include(
      'E_CLOCK_STARVED order_lines.packed_at',
    )
  })

  it('is found where rows stay and no longer lead to the person', () => {
    // Anonymising an order empties orders.user_id.
    expect(withMap(reading('orders.placed_at'), orders(term(2)))).to.include(
      'E_CLOCK_STARVED orders.placed_at',
    )
    expect(withMap(reading('order_lines.packed_at'), orders(term(2)))).to.include(
      'E_CLOCK_STARVED order_lines.packed_at',
    )
    expect(withMap(reading('orders.placed_at'), orders(term(5)))).to.deep.equal([])
  })

  it('is found where `but` takes what hangs on rows that stay', () => {
    const tickets = (but: Policy['but']): readonly string[] => {
      const [like] = shop.policies.filter(({ id }) => id === 'ended-contracts')
      if (like === undefined) throw new Error('the shop has no such policy')
      const ruled = {
        ...like,
        id: 'tickets',
        data: 'ticket',
        countedFrom: 'opened',
        only: [],
        notWhile: [],
        but,
      }
      const nowhere = { file: '', line: 1, column: 1 }
      const map = reading('ticket_messages.sent_at')(shop.dataMap)
      const all = [...shop.policies, { ...ruled, ...term(2) }]
      return checkRules(all, map, () => nowhere, 'data-map.yml')
        .filter(({ code }) => code.startsWith('E_CLOCK_STARVED'))
        .map(({ code, params }) => `${code} ${params['source'] ?? ''}`)
    }
    for (const act of ['erase', 'detach'] as const)
      expect(tickets({ ticket_message: { act } }), act).to.deep.equal([
        'E_CLOCK_STARVED ticket_messages.sent_at',
      ])
    expect(tickets({ ticket_message: { act: 'keep', because: 'x' } })).to.deep.equal([])
    // It empties the text of the message, and leaves its date.
    expect(tickets({ ticket_message: { act: 'anonymise', under: null } })).to.deep.equal([])
  })

  it('is found where `but` empties the very date from which another policy counts', () => {
    const dated = (but: Policy['but'][string]): readonly string[] =>
      withMap(
        (map) => {
          const { invoice } = map.kinds
          if (invoice === undefined) throw new Error('the shop has no invoices')
          const personal = { ...invoice.personal, issued_on: { strategy: 'null' } as const }
          return { ...map, kinds: { ...map.kinds, invoice: { ...invoice, personal } } }
        },
        ({ but: all, data }) => (data === 'account' ? { but: { ...all, invoice: but } } : {}),
      )
    expect(dated({ act: 'anonymise', under: null })).to.include('E_CLOCK_STARVED invoices.issued_on')
    expect(dated({ act: 'detach' })).to.deep.equal([])
  })

  it('is found where columns are truncated, and where rows move into an archive', () => {
    const truncated = (fields: readonly string[]): ((policy: Policy) => Partial<Policy>) => {
      return ({ id }) => (id === 'session-addresses' ? { fields } : {})
    }
    expect(withMap((map) => map, truncated(['started_at']))).to.deep.equal([
      'E_CLOCK_STARVED sessions.started_at',
    ])
    expect(withMap((map) => map, truncated(['ip']))).to.deep.equal([])
    const moved = ({ id }: Policy): Partial<Policy> => (id === 'invoices-active' ? term(1) : {})
    expect(withMap(reading('invoices.issued_on'), moved)).to.include('E_CLOCK_STARVED invoices.issued_on')
  })

  it('is found where the term counts from a date that can be older than what is read', () => {
    const lasting = ({ id }: Policy): Partial<Policy> =>
      id === 'session-addresses' ? { then: 'erase', fields: [], ...term(4) } : {}
    expect(withMap((map) => map, lasting)).to.deep.equal([])
    expect(withMap(reading('sessions.used_at'), lasting)).to.deep.equal([
      'E_CLOCK_STARVED_EARLIER sessions.used_at',
    ])
  })

  /** The accounts' clock reads `clock`; another policy truncates their settings, counted from `own`. */
  const inOneTable = (clock: Partial<TimeColumn>, own: Partial<TimeColumn>, strategy: Strategy) => {
    const { account } = shop.dataMap.kinds
    const { last_login: event } = account?.events ?? {}
    const [scanned] = event?.latestOf ?? []
    const [like] = shop.policies.filter(({ id }) => id === 'terminated-accounts')
    if (account === undefined || event === undefined || scanned === undefined || like === undefined)
      throw new Error('the shop has no such clock')
    const settings = { ...scanned, table: null, column: 'settings' }
    const events = {
      ...account.events,
      last_login: { ...event, latestOf: [scanned, { ...settings, ...clock }] },
      joined: { ...event, latestOf: [scanned, { ...settings, ...own }] },
    }
    const personal = { ...account.personal, settings: strategy }
    const map = {
      ...shop.dataMap,
      kinds: { ...shop.dataMap.kinds, account: { ...account, events, personal } },
    }
    const codes = (years: number): readonly string[] => {
      const more = { then: 'truncate fields', fields: ['settings'], countedFrom: 'joined' } as const
      const truncated = { ...like, id: 'settings', only: [], notWhile: [], but: {}, ...more, ...term(years) }
      const nowhere = { file: '', line: 1, column: 1 }
      return checkRules([...shop.policies, truncated], map, () => nowhere, 'data-map.yml')
        .filter(({ code }) => code.startsWith('E_CLOCK_STARVED'))
        .map(({ code, params }) => `${code} ${params['source'] ?? ''}`)
    }
    return codes
  }

  it('is found where the term counts from another place, or other rows, of the column that is read', () => {
    const starved = 'E_CLOCK_STARVED_EARLIER users.settings'
    const login = { path: '$.last_login' }
    const gone = { strategy: 'null' } as const
    expect(inOneTable(login, { path: '$.joined' }, gone)(5)).to.deep.equal([`${starved} $.last_login`])
    expect(inOneTable(login, {}, gone)(5)).to.deep.equal([`${starved} $.last_login`])
    expect(inOneTable(login, login, gone)(5)).to.deep.equal([])
    const rows = (word: string): Partial<TimeColumn> => ({ where: { name: word } })
    expect(inOneTable(rows('login'), rows('joined'), gone)(5)).to.deep.equal([starved])
    expect(inOneTable(rows('login'), {}, gone)(5)).to.deep.equal([starved])
    expect(inOneTable(rows('login'), rows('login'), gone)(5)).to.deep.equal([])
  })

  it('is found where the word goes by which its rows are known', () => {
    const found = (where: TimeColumn['where']): readonly string[] =>
      inOneTable({ column: 'value', ...(where && { where }) }, {}, { strategy: 'blank' })(1)
    expect(found({ settings: 'login' })).to.deep.equal(['E_CLOCK_STARVED users.value'])
    expect(found({ kind: 'login' })).to.deep.equal([])
    expect(found(undefined)).to.deep.equal([])
  })

  it('is fed where other places of its JSON go', () => {
    const without = (paths: readonly string[], path: string | null = '$.stats.login'): readonly string[] =>
      inOneTable(path === null ? {} : { path }, {}, { strategy: 'without', paths })(1)
    expect(without(['$.phone', '$.stat', '$.stats.log', '$.login'])).to.deep.equal([])
    expect(without(['$.phone', '$.stats'])).to.deep.equal(['E_CLOCK_STARVED users.settings $.stats.login'])
    expect(without(['$.stats.login'])).to.deep.equal(['E_CLOCK_STARVED users.settings $.stats.login'])
    expect(without(['$.phone'], null)).to.deep.equal(['E_CLOCK_STARVED users.settings'])
  })

  it('is not asked of policies that end the same person', () => {
    const shorter = ({ id }: Policy): Partial<Policy> => (id === 'terminated-accounts' ? term(0) : {})
    expect(withMap(reading('tickets.opened_at'), shorter)).to.deep.equal([])
  })
})
