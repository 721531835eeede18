/** Kinds of one table of which a row can be both: it goes by one act, wherever a batch ends. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import { run, toUser, type But, type Tables } from './departures.ts'
import { account, at, codes, compile, event, kind, mapOf, policy, schemaOf, users } from './site-builder.ts'

type Where = Readonly<Record<string, string>>
type Columns = Readonly<Record<string, string>>

const archive: But[string] = { act: 'archive', under: null }
const anonymise: But[string] = { act: 'anonymise', under: null }
const erase: But[string] = { act: 'erase' }
const detach: But[string] = { act: 'detach' }
const keep: But[string] = { act: 'keep', because: 'x' }

describe('two kinds of one table below a person', () => {
  it('leave by different acts only where constants keep them apart', () => {
    const more = { sort: 'varchar(9)', lang: 'varchar(9)' }
    const tables: Tables = { files: toUser(more), old: { columns: { id: 'int' } } }
    const told = (archived: Where, erased: Where) => {
      const file = (name: string, where: Where) =>
        kind(name, 'files', { of: 'account', link: { columns: { user_id: 'id' }, where } })
      const bill = { ...file('bill', archived), archive: { into: 'old_bill', columns: { id: 'id' } } }
      const but: But = { bill: { act: 'archive', under: null } }
      return codes(run(tables, [bill, file('photo', erased), kind('old_bill', 'old')], but))
    }
    expect(told({ sort: 'bill' }, { sort: 'photo' })).to.deep.equal([])
    expect(told({ lang: 'fr', sort: 'bill' }, { lang: 'fr', sort: 'photo' }), 'by one of two').to.deep.equal(
      [],
    )
    expect(told({ sort: 'bill' }, { lang: 'fr' }), 'a row may be both').to.deep.equal(['E_TWO_ACTS'])
    expect(told({ sort: 'bill' }, { sort: 'bill', lang: 'fr' })).to.deep.equal(['E_TWO_ACTS'])
  })

  it('are not emptied by one kind of what the archive of the other copies', () => {
    const old = { columns: { id: 'int', text: 'text null', to_id: 'int null' } }
    const posts = {
      columns: { id: 'int', from_id: 'int null', to_id: 'int null', body: 'text null' },
      keys: ['from_id -> users.id', 'to_id -> users.id'],
    }
    const told = (
      received: But[string],
      columns: Record<string, string>,
      where: readonly [Where, Where] = [{}, {}],
    ) => {
      const side = (name: string, column: string, own: Where) => ({
        ...kind(name, 'posts', { of: 'account', link: { columns: { [column]: 'id' }, where: own } }),
        personal: { body: { strategy: 'null' } as const },
      })
      const sent = { ...side('sent', 'from_id', where[0]), archive: { into: 'old_post', columns } }
      const but: But = { sent: { act: 'archive', under: null }, received }
      return codes(
        run({ posts, old }, [side('received', 'to_id', where[1]), sent, kind('old_post', 'old')], but),
      )
    }
    const all = { id: 'id', text: 'body', to_id: 'to_id' }
    expect(told({ act: 'anonymise', under: null }, all)).to.deep.equal(['E_ARCHIVED_EMPTIED'])
    expect(told({ act: 'detach' }, all)).to.deep.equal(['E_ARCHIVED_EMPTIED'])
    expect(told({ act: 'detach' }, { id: 'id', text: 'body' }), 'the link is not copied').to.deep.equal([])
    expect(told({ act: 'anonymise', under: null }, { id: 'id' })).to.deep.equal([])
    expect(
      told({ act: 'anonymise', under: null }, all, [{ body: 'a' }, { body: 'b' }]),
      'no row is both',
    ).to.deep.equal([])
  })

  it('are archived into one table and with the same columns', () => {
    const tables: Tables = {
      posts: {
        columns: { id: 'int', from_id: 'int', to_id: 'int', body: 'text' },
        keys: ['from_id -> users.id', 'to_id -> users.id'],
      },
      old: { columns: { id: 'int', body: 'text' } },
      older: { columns: { id: 'int', body: 'text' } },
    }
    const told = (received: Columns, into = 'old', where: readonly [Where, Where] = [{}, {}]) => {
      const side = (name: string, column: string, own: Where, to: string, columns: Columns) =>
        kind(name, 'posts', {
          ...{ of: 'account', link: { columns: { [column]: 'id' }, where: own } },
          archive: { into: to, columns },
        })
      const kinds = [
        side('sent', 'from_id', where[0], 'old', { id: 'id', body: 'body' }),
        side('received', 'to_id', where[1], into, received),
        ...[kind('old', 'old'), kind('older', 'older')],
      ]
      return run(tables, kinds, { sent: archive, received: archive }).problems
    }
    expect(told({ body: 'body', id: 'id' }), 'in whatever order').to.deep.equal([])
    const params = { archived: 'sent', other: 'received' }
    const refused = {
      code: 'E_TWO_ARCHIVES',
      policy: 'p',
      table: 'posts',
      column: null,
      refuses: true,
      params,
    }
    expect(told({ id: 'id' })).to.deep.equal([refused])
    expect(told({ id: 'from_id', body: 'body' }), 'another one').to.deep.equal([refused])
    expect(told({ id: 'id', body: 'body' }, 'older')).to.deep.equal([refused])
    expect(told({ id: 'id' }, 'older', [{ body: 'a' }, { body: 'b' }])).to.deep.equal([])
  })
})

const tickets = {
  id: 'int',
  seen_at: 'datetime null',
  parent_id: 'int null',
  mail_id: 'int null',
  user_id: 'int null',
  type: 'varchar(9)',
  size: 'int',
  body: 'text null',
}
const whole = { id: 'id', parent_id: 'parent_id', body: 'body' }
const old = { columns: { id: 'int', parent_id: 'int null', body: 'text null' } }

/** A ticket may stand below another one; both are due by themselves. */
function told(
  then: Policy['then'],
  but: But,
  more: {
    readonly copied?: Columns
    readonly below?: Partial<Kind> | null
    readonly only?: Policy['only']
    readonly key?: string
    readonly own?: Partial<Kind>
    readonly kinds?: readonly Kind[]
  } = {},
) {
  const { copied = whole, below = {}, only = [], key, own = {}, kinds = [] } = more
  const schema = schemaOf({
    tickets: {
      columns: tickets,
      indexes: ['seen_at', 'parent_id', 'mail_id', 'user_id'],
      keys: key === undefined ? [] : [key],
    },
    mails: { columns: { id: 'int', ticket_id: 'int' }, indexes: ['ticket_id'] },
    old,
    older: old,
    users,
  })
  const ticket = kind('ticket', 'tickets', {
    events: { seen: event([at('seen_at')]) },
    personal: { body: { strategy: 'null' } },
    withdrawn: { body: null },
    archive: { into: 'old', columns: copied },
    ...own,
  })
  const followup = kind('followup', 'tickets', {
    ...{ of: 'ticket', personal: { body: { strategy: 'null' } }, archive: { into: 'old', columns: copied } },
    ...below,
    link: below?.link ?? { columns: { parent_id: 'id' }, where: {} },
  })
  const all = [
    account,
    ticket,
    ...(below === null ? [] : [followup]),
    ...kinds,
    kind('old', 'old'),
    kind('older', 'older'),
  ]
  return compile(schema, mapOf(all), [policy('ticket', { then, but, only })])
}

const of = (...all: Parameters<typeof told>) => codes(told(...all))
const typed = (...values: string[]): Policy['only'] => [{ column: 'type', test: 'is one of', values }]
const credits = (value: string): Partial<Kind> => ({
  link: { columns: { parent_id: 'id' }, where: { type: value } },
})

describe('the rows of a policy, and a kind below them in the same table', () => {
  it('are archived both, or neither', () => {
    const { problems, plan } = told('archive', {})
    const params = { archived: 'ticket', erased: 'followup', rule: 'but: { followup: archive }' }
    const refused = { code: 'E_TWO_ACTS', policy: 'p', table: 'tickets', column: null, refuses: true }
    expect(problems).to.deep.equal([{ ...refused, params }])
    expect(plan.policies).to.deep.equal([])
    expect(of('archive', { followup: erase })).to.deep.equal(['E_TWO_ACTS'])
    expect(of('archive', { followup: archive })).to.deep.equal([])
    const other = { archived: 'followup', erased: 'ticket', rule: 'then: archive' }
    expect(told('erase', { followup: archive }).problems).to.deep.equal([{ ...refused, params: other }])
  })

  it('leave as they like where nothing is archived: in the end they are erased', () => {
    for (const rule of [erase, anonymise, detach, keep])
      expect(of('erase', { followup: rule })).to.deep.equal([])
    expect(of('erase', {})).to.deep.equal([])
  })

  it('are archived by one archive', () => {
    const into = (name: string, columns: Columns) => ({ below: { archive: { into: name, columns } } })
    expect(of('archive', { followup: archive }, into('older', whole))).to.deep.equal(['E_TWO_ARCHIVES'])
    expect(of('archive', { followup: archive }, into('old', { id: 'id' }))).to.deep.equal(['E_TWO_ARCHIVES'])
  })

  it('keep apart what hangs on them by the same link', () => {
    const mail = (name: string, of: string, into: string) =>
      kind(name, 'mails', {
        ...{ of, link: { columns: { ticket_id: 'id' }, where: {} } },
        archive: { into, columns: { id: 'id' } },
      })
    const kinds = [mail('line', 'ticket', 'old'), mail('credit_line', 'followup', 'older')]
    const but: But = { followup: archive, line: archive, credit_line: archive }
    const below = credits('credit')
    expect(of('archive', but, { only: typed('bill'), below, kinds })).to.deep.equal([])
    expect(of('archive', but, { below, kinds }), 'a ticket may be both').to.deep.equal(['E_TWO_ARCHIVES'])
  })

  it('do not lose what the archive copies', () => {
    const spot = (rule: But[string]) => told('archive', { followup: rule }).problems
    const refused = { code: 'E_ARCHIVED_EMPTIED', policy: 'p', table: 'tickets', refuses: true }
    const params = { archived: 'ticket', emptied: 'followup' }
    expect(spot(anonymise)).to.deep.equal([{ ...refused, column: 'body, parent_id', params }])
    expect(spot(detach)).to.deep.equal([{ ...refused, column: 'parent_id', params }])
    const key = 'parent_id -> tickets.id'
    expect(of('archive', { followup: keep }, { key }), 'which empties the link').to.deep.equal([
      'E_ARCHIVED_EMPTIED',
    ])
    expect(of('archive', { followup: keep }), 'which empties nothing').to.deep.equal([])
    const some = (...names: string[]) => ({ copied: Object.fromEntries(names.map((name) => [name, name])) })
    expect(of('archive', { followup: anonymise }, some('id'))).to.deep.equal([])
    expect(of('archive', { followup: anonymise }, some('id', 'body'))).to.deep.equal(['E_ARCHIVED_EMPTIED'])
    expect(of('archive', { followup: detach }, some('id', 'body'))).to.deep.equal([])
  })

  it('stay both where the policy only changes columns', () => {
    for (const then of ['anonymise', 'withdraw consent'] as const) {
      for (const rule of [erase, archive, detach])
        expect(of(then, { followup: rule })).to.deep.equal(['E_RULE_WITHOUT_EFFECT'])
      expect(told(then, {}).plan.policies.map(({ steps }) => steps)).to.deep.equal([[]])
    }
  })

  it('are told apart by `only`', () => {
    const apart = (then: 'archive' | 'erase', only: Policy['only'], value = 'credit') =>
      of(then, then === 'erase' ? { followup: archive } : {}, { only, below: credits(value) })
    for (const then of ['archive', 'erase'] as const) {
      expect(apart(then, typed('bill'))).to.deep.equal([])
      expect(apart(then, typed('bill', 'letter'))).to.deep.equal([])
      expect(
        apart(then, [...typed('bill'), { column: 'size', test: 'at least', amount: '9' }]),
      ).to.deep.equal([])
      const refused = ['E_TWO_ACTS']
      expect(apart(then, []), 'nothing says it').to.deep.equal(refused)
      expect(apart(then, typed('bill', 'credit'))).to.deep.equal(refused)
      expect(apart(then, typed('Crédit')), 'the server may take them for one').to.deep.equal(refused)
      expect(
        apart(then, [{ column: 'size', test: 'is one of', values: ['1'] }]),
        'of another column',
      ).to.deep.equal(refused)
      expect(apart(then, [{ column: 'size', test: 'at least', amount: '9' }])).to.deep.equal(refused)
    }
    const emptied = (only: Policy['only']) =>
      of('archive', { followup: anonymise }, { only, below: credits('credit') })
    expect(emptied(typed('bill'))).to.deep.equal([])
    expect(emptied(typed('credit'))).to.deep.equal(['E_ARCHIVED_EMPTIED'])
  })

  it('are told apart by the constants of the policy’s own kind', () => {
    const own = (type: string) => ({
      own: { of: 'account', link: { columns: { user_id: 'id' }, where: { type } } },
      below: credits('credit'),
    })
    expect(of('archive', {}, own('bill'))).to.deep.equal([])
    expect(of('archive', {}, own('credit'))).to.deep.equal(['E_TWO_ACTS'])
  })

  it('are compared however far below it stands', () => {
    const mail = (name: string, above: string) =>
      kind(name, 'mails', { of: above, link: { columns: { ticket_id: 'id' }, where: {} } })
    const below = { of: 'mail', link: { columns: { mail_id: 'id' }, where: {} } }
    const kinds = [mail('mail', 'ticket'), mail('reply', 'followup')]
    expect(of('archive', {}, { below, kinds })).to.deep.equal(['E_TWO_ACTS'])
    expect(of('erase', {}, { below, kinds })).to.deep.equal([])
    expect(of('erase', {}, { below, kinds: kinds.slice(0, 1) })).to.deep.equal(['E_BELOW_ONE_NAME'])
  })

  it('lose no link by a rule for it alone that the archive copies', () => {
    const alone = (copied: Columns) =>
      told('archive', { 'ticket.parent_id': detach }, { key: 'parent_id -> tickets.id', below: null, copied })
    const { problems } = alone(whole)
    expect(problems.map(({ code }) => code)).to.deep.equal(['E_DETACH_ARCHIVED'])
    expect(problems[0]?.params, 'without the rule nothing would empty it').to.deep.include({
      spare: '',
      stub: '',
    })
    expect(codes(alone({ id: 'id', body: 'body' }))).to.deep.equal([])
  })

  it('lose no link to a row below, by a rule or by itself, that the archive copies', () => {
    const tables = {
      users: { ...users, columns: { ...users.columns, last: 'int null' }, keys: ['last -> posts.id'] },
      posts: toUser(),
      old: { columns: { id: 'int', last: 'int null' } },
    }
    const ending = (columns: Columns) => {
      const person = { ...account, archive: { into: 'old', columns } }
      const kinds = [person, kind('post', 'posts', { of: 'account' }), kind('old', 'old')]
      return run(tables, kinds, { 'account.last': detach }, 'archive')
    }
    const refused = ending({ id: 'id', last: 'last' })
    expect(codes(refused)).to.deep.equal(['E_DETACH_ARCHIVED'])
    expect(refused.problems[0]?.params, 'they are written last').to.deep.include({ spare: '', stub: '' })
    expect(codes(ending({ id: 'id' }))).to.deep.equal([])
  })

  it('lose no link to a row of the kind below that the archive copies', () => {
    const apart = (copied: Columns) =>
      of(
        'archive',
        {},
        { key: 'parent_id -> tickets.id', only: typed('bill'), below: credits('credit'), copied },
      )
    expect(apart({ id: 'id', body: 'body' })).to.deep.equal([])
    expect(apart(whole)).to.deep.equal(['E_CYCLE'])
  })
})
