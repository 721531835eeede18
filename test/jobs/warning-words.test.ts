/** What a mail lists is what the plan does: the same kinds go, and the same stay. */
import { expect } from 'chai'
import { warningWords } from '../../jobs/warning-words.ts'
import type { Departure, Policy } from '../../policies/policy.ts'
import {
  account,
  compile,
  kind,
  mapOf,
  onlyPolicy,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from '../plan/site-builder.ts'

const below = (table: string, key = 'int'): TableSpec => ({
  columns: { id: 'int', parent_id: key, body: 'text' },
  keys: [`parent_id -> ${table}.id`],
})
const schema = schemaOf({
  users,
  profiles: below('users'),
  avatars: below('profiles'),
  invoices: below('users'),
  invoice_lines: below('invoices'),
  invoice_line_notes: below('invoice_lines'),
  address_scans: below('invoices'),
  old_invoices: { columns: { id: 'int', body: 'text' } },
  old_users: { columns: { id: 'int', mail: 'varchar(190)' } },
  orders: below('users', 'int null'),
  order_lines: below('orders'),
  order_notes: below('orders'),
  reviews: below('users', 'int null'),
  photos: below('reviews'),
  replies: below('reviews', 'int null'),
  claims: below('users', 'int null'),
  claim_files: below('claims'),
  claim_texts: below('claims'),
})
const of = (name: string, table: string, parent: string) =>
  kind(name, table, { of: parent, personal: { body: { strategy: 'blank' } } })
/** Further columns of the very row of its parent. */
const beside = (name: string, table: string, parent: string) => ({
  ...of(name, table, parent),
  link: { columns: { id: 'id' }, where: {} },
})
const dataMap = mapOf([
  { ...account, archive: { into: 'old_account', columns: { mail: 'email' } } },
  of('profile', 'profiles', 'account'),
  of('avatar', 'avatars', 'profile'),
  { ...of('invoice', 'invoices', 'account'), archive: { into: 'old_invoice', columns: { body: 'body' } } },
  of('invoice_line', 'invoice_lines', 'invoice'),
  of('invoice_line_note', 'invoice_line_notes', 'invoice_line'),
  beside('invoice_address', 'invoices', 'invoice'),
  of('address_scan', 'address_scans', 'invoice_address'),
  beside('avatar_place', 'avatars', 'avatar'),
  kind('old_invoice', 'old_invoices'),
  kind('old_account', 'old_users'),
  of('order', 'orders', 'account'),
  of('order_line', 'order_lines', 'order'),
  of('order_note', 'order_notes', 'order'),
  of('review', 'reviews', 'account'),
  of('photo', 'photos', 'review'),
  of('reply', 'replies', 'review'),
  of('claim', 'claims', 'account'),
  of('claim_file', 'claim_files', 'claim'),
  kind('claim_text', 'claim_texts', { of: 'claim' }),
])
const but: Readonly<Record<string, Departure>> = {
  invoice: { act: 'archive', under: null },
  order: { act: 'detach' },
  order_note: { act: 'erase' },
  review: { act: 'anonymise', under: null },
  photo: { act: 'erase' },
  reply: { act: 'anonymise', under: null },
  claim: { act: 'keep', because: 'a dispute before a court' },
  claim_file: { act: 'erase' },
}
const years = (count: number) => ({ years: count, months: 0, weeks: 0, days: 0, hours: 0 })

function listed(one: Policy, policies: readonly Policy[] = [one]) {
  const { act, goes, stays } = warningWords(one, dataMap, policies)
  return { act, goes: [...goes.en].sort(), stays: stays.en.map(({ what }) => what).sort() }
}

describe('the lists of a mail', () => {
  for (const then of ['erase', 'archive'] as const)
    it(`are the acts of the plan, below what is archived and below what stays too (${then})`, () => {
      const one = policy('account', { then, but })
      const { steps } = onlyPolicy(compile(schema, dataMap, [one]))
      const kinds = steps.filter(({ name, kind: of }) => name === of)
      const doing = (...acts: string[]) =>
        kinds.filter(({ then: { act } }) => acts.includes(act)).map(({ name }) => name)
      const root = then === 'erase' ? { goes: ['account'], stays: [] } : { goes: [], stays: ['account'] }
      expect(listed(one)).to.deep.equal({
        act: then,
        // Told beside what it shares a row with: the whole row goes.
        goes: [...root.goes, 'avatar_place', ...doing('erase')].sort(),
        stays: [...root.stays, ...doing('archive', 'anonymise', 'detach')].sort(),
      })
      const deep = ['invoice_line_note', 'address_scan', 'order_note', 'photo', 'claim_file']
      expect(doing('erase')).to.include.members(deep)
      expect(kinds.map(({ name }) => name)).not.to.include.members(['order_line'])
    })

  it('of an archived account names the policy that goes on with it', () => {
    const one = policy('account', { then: 'archive', but })
    const next = policy('old_account', { id: 'later', follows: 'p', keepAtMost: null, keepAtLeast: years(5) })
    const [root] = warningWords(one, dataMap, [one, next]).stays.en
    expect(root).to.deep.equal({
      what: 'account',
      because: 'the law requires us to keep them',
      until: 'for 5 years',
    })
  })

  it('of an anonymised account say that nothing else is touched, and what of it is personal', () => {
    const one = policy('account', { then: 'anonymise' })
    expect(onlyPolicy(compile(schema, dataMap, [one])).steps).to.deep.equal([])
    const reviews = policy('review', { id: 'reviews', keepAtMost: years(4) })
    const { act, goes, stays } = warningWords(one, dataMap, [one, reviews])
    expect(act).to.equal('anonymise')
    expect(goes).to.deep.equal({ en: [], fr: [] })
    const [root, ...rest] = stays.fr
    expect(root).to.include({ what: 'account', until: null })
    expect(root?.because).to.contain('plus rien n’y mène à vous')
    expect(rest.map(({ what }) => what)).to.include.members(['review', 'avatar', 'order_line'])
    expect(rest.map(({ what }) => what)).not.to.include.members(['claim_text'])
    expect(rest.find(({ what }) => what === 'review')).to.deep.equal({
      what: 'review',
      because: 'une règle à part en fixe la durée',
      until: 'pendant 4 ans',
    })
  })
})
