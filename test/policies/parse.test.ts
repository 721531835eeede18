import { expect } from 'chai'
import { lint } from '../../policies/lint.ts'
import { parseDataMap } from '../../policies/parse-data-map.ts'
import { parsePolicies } from '../../policies/parse-policy.ts'
import type { Policy } from '../../policies/policy.ts'
import { nearestName } from '../../policies/nearest-name.ts'

const short = `policy: sample
promise: sample
data: account
keep_at_most: 3 years
counted_from: last_login
then: erase
purpose: customer account     # a remark
legal_basis: contract
because: The privacy policy promises three years.
`

const map = `controller: { name: Boutique SAS, contact: privacy@boutique.example, dpo: dpo@boutique.example }
site: { name: Boutique, url: https://boutique.example }
zone: Europe/Paris
stored_in: UTC
canaries: { account: { role: canary } }
kinds:
  account:
    table: shop.users
    key: id
    identity: [id, created_at]
    subject: true
    events:
      last_login:
        latest_of: [last_login_at, sessions.started_at, { column: shop.pings.at, format: epoch seconds, ordered: false, where: { sort: 7 } }]
        format: datetime
        never: [null, 0, 0000-00-00]
        else: created_at
        slides: by the person
    states: { order_open: { orders.status: [paid, shipped], orders.flag: 1 } }
    personal: { email: unique_address, note: null, nick: { fixed: 0 }, zip: { generalised: 2 }, age: { bucketed: 5 }, code: { keep: a public number } }
    archive: { into: old, columns: { number: id } }
    withdrawn: { opted_in: 0, opted_at: null }
  old: { table: old_users, key: [a, b], of: account, link: { columns: { owner_id: id }, where: { owner_type: 7 } } }
`

function policyOf(text: string): Policy {
  const { policies, problems } = parsePolicies([{ path: 'p.yml', text }])
  expect(problems).to.deep.equal([])
  return policies[0]!
}

describe('a policy file', () => {
  it('has its defaults when it says only what it must', () => {
    const policy = policyOf(short)
    expect(policy).to.include({ status: 'observe', follows: null, warn: null, approvedBy: null })
    expect(policy.perRun).to.deep.equal({ items: 500, mails: 2000 })
    expect(policy.stopAbove).to.deep.equal({ percent: 2, count: null, percentByElse: 25 })
    expect(policy.keepAtLeast).to.equal(null)
    expect(policy).not.to.have.property('receipts')
  })

  it('reads every group', () => {
    const policy = policyOf(
      `${short}only: { total: 'au moins 1 200,50 €', buyer: consumer, level: [1, 2] }
not_while: [order_open]
but: { invoice: { archive: invoices }, order: { anonymise: statistics }, line: archive, cart: { keep: it is empty }, ping.user_id: detach }
warn:
  days_before_erasure: [60, 30, 7]
  minimum_notice: 30 jours
  template: inactivity-warning
  if_unreachable: { refusals: 2 à des jours différents, wait: 12 weeks, finally: erase }
receipts: 60 jours
per_run: { people: 100, mails: 50 }
stop_above: { rows: 40, percent_by_else: 0 }
`,
    )
    expect(policy.only).to.deep.equal([
      { column: 'total', test: 'at least', amount: '1200.50' },
      { column: 'buyer', test: 'is one of', values: ['consumer'] },
      { column: 'level', test: 'is one of', values: ['1', '2'] },
    ])
    expect(policy.but).to.deep.equal({
      invoice: { act: 'archive', under: 'invoices' },
      order: { act: 'anonymise', under: 'statistics' },
      line: { act: 'archive', under: null },
      cart: { act: 'keep', because: 'it is empty' },
      'ping.user_id': { act: 'detach' },
    })
    expect(policy.warn).to.deep.equal({
      when: 'before the term',
      daysBefore: [60, 30, 7],
      minimumNoticeDays: 30,
      template: 'inactivity-warning',
      ifUnreachable: { refusals: 2, waitDays: 84, finally: 'erase' },
      noAddress: 'a person decides',
    })
    expect(policy.receipts).to.deep.equal({ years: 0, months: 0, weeks: 0, days: 60, hours: 0 })
    expect(policy.perRun).to.deep.equal({ items: 100, mails: 50 })
    expect(policy.stopAbove).to.deep.equal({ percent: 2, count: 40, percentByElse: 0 })
  })

  it('says how much its mails say, and what comes after', () => {
    const warned = (more: string) =>
      policyOf(
        `${short}warn:
  days_before_erasure: [30]
  minimum_notice: 30 days
  template: inactivity-warning
${more}`,
      ).warn
    expect(warned('  variant: discreet\n')).to.include({ variant: 'discreet' })
    expect(warned('  invalid_address: { wait: 12 weeks, finally: erase }\n')).to.deep.include({
      invalidAddress: { waitDays: 84, finally: 'erase' },
    })
    expect(warned('  variant: full\n'), 'as without the line').to.deep.equal(warned(''))
    expect(warned('')).not.to.have.any.keys('variant', 'thenTell')
    expect(warned('  then_tell: { template: erased, within: 1 week }\n')?.thenTell).to.deep.equal({
      template: 'erased',
      withinDays: 7,
    })
  })

  it('pasted from a word processor reads the same as typed', () => {
    const pasted = `\uFEFF${short.replace(/ /g, '\u00a0').replace(/\n/g, '\r\n')}`
    expect(policyOf(pasted)).to.deep.equal(policyOf(short))
  })

  it('says exactly how long by naming one period twice, in any words', () => {
    const policy = policyOf(`${short}keep_at_least: 3 ans\n`)
    expect(policy.keepAtLeast).to.deep.equal(policy.keepAtMost)
  })

  it('places a scalar at its value, a group at its key, and what is missing at its parent', () => {
    const { placeOf } = parsePolicies([{ path: 'p.yml', text: `${short}per_run:\n  people: 5\n` }])
    const at = (...path: string[]): string => {
      const { line, column } = placeOf('p.yml', path)
      return `${line}:${column}`
    }
    expect([
      at('data'),
      at('per_run'),
      at('per_run', 'people'),
      at('per_run', 'mails'),
      at('warn'),
    ]).to.deep.equal(['3:7', '10:1', '11:11', '10:1', '1:1'])
  })
})

describe('the data map', () => {
  it('reads columns, formats and links as the plan needs them', () => {
    const { dataMap, problems } = parseDataMap({ path: 'm.yml', text: map })
    expect(problems).to.deep.equal([])
    const account = dataMap!.kinds['account']!
    const [own, session, ping] = account.events['last_login']!.latestOf
    const shared = { format: 'datetime', zone: null, never: [null, '0', '0000-00-00'], ordered: true }
    expect(own).to.deep.equal({ table: null, column: 'last_login_at', ...shared })
    expect(session).to.deep.equal({ ...shared, table: 'sessions', column: 'started_at' })
    expect(ping).to.deep.include({
      table: 'shop.pings',
      column: 'at',
      format: 'epoch seconds',
      ordered: false,
      where: { sort: '7' },
    })
    expect(account.states['order_open']).to.deep.equal({
      'orders.status': ['paid', 'shipped'],
      'orders.flag': ['1'],
    })
    expect(account.personal).to.deep.equal({
      email: { strategy: 'unique_address' },
      note: { strategy: 'null' },
      nick: { strategy: 'fixed', value: '0' },
      zip: { strategy: 'generalised', kept: 2 },
      age: { strategy: 'bucketed', width: 5 },
      code: { strategy: 'keep', because: 'a public number' },
    })
    expect(account.withdrawn).to.deep.equal({ opted_in: '0', opted_at: null })
    expect(dataMap!.kinds['old']!.link).to.deep.equal({
      columns: { owner_id: 'id' },
      where: { owner_type: '7' },
    })
    expect(dataMap).to.include({ launchedOn: '1995-01-01', fiscalYearEnds: '12-31', storedIn: 'UTC' })
    expect(dataMap!.canaries).to.deep.equal({ account: { role: ['canary'] } })
  })

  it('reads the short form of a link', () => {
    const text = map.replace(/link: .* } }/, 'link: { owner_id: id } }')
    const link = parseDataMap({ path: 'm.yml', text }).dataMap?.kinds['old']?.link
    expect(link).to.deep.equal({ columns: { owner_id: 'id' }, where: {} })
  })
})

describe('lint over several files', () => {
  it('does not blame a reference to a policy whose own file has a slip', () => {
    const broken = short.replace('policy: sample', 'policy: other').replace('3 years', '3 yers')
    const sources = [
      { path: 'a.yml', text: `${short}follows: other\n` },
      { path: 'b.yml', text: broken },
    ]
    const { problems } = lint({ dataMap: { path: 'm.yml', text: map }, policies: sources })
    expect(problems.map(({ place, code }) => `${place.file} ${code}`)).to.deep.equal(['b.yml E_PERIOD'])
  })

  it('takes a reference out of a table that is no kind for the plan to judge, and nothing else', () => {
    const codesOf = (rule: string) =>
      lint({
        dataMap: { path: 'm.yml', text: map },
        policies: [{ path: 'a.yml', text: `${short}but: { ${rule} }\n` }],
      }).problems.map(({ code }) => code)
    expect(codesOf('badges.user_id: detach')).not.to.include('E_UNKNOWN_KIND')
    expect(codesOf('badges: detach')).to.include('E_UNKNOWN_KIND')
    expect(codesOf('badges.user_id: erase')).to.include('E_UNKNOWN_KIND')
  })

  it('asks the rules as soon as every file can be read', () => {
    const { problems } = lint({
      dataMap: { path: 'm.yml', text: map },
      policies: [{ path: 'a.yml', text: short }],
    })
    expect(problems.map(({ code }) => code)).to.include('E_ACCOUNT_NOT_WARNED')
  })

  it('warns of an account whose date nobody called fixed, and reads it by the same terms', () => {
    const linted = (says: string) =>
      lint({
        dataMap: { path: 'm.yml', text: map.replace('        slides: by the person\n', says) },
        policies: [{ path: 'a.yml', text: short }],
      })
    const [unsaid, fixed] = [linted(''), linted('        slides: never\n')]
    const codesOf = ({ problems }: typeof unsaid) => problems.map(({ code }) => code)
    expect(codesOf(unsaid)).to.include('W_ACCOUNT_NOT_WARNED')
    for (const code of ['E_ACCOUNT_NOT_WARNED', 'W_ACCOUNT_NOT_WARNED'])
      expect(codesOf(fixed)).not.to.include(code)
    expect(codesOf(unsaid)).not.to.include('E_ACCOUNT_NOT_WARNED')
    expect(unsaid.dataMap).not.to.equal(null)
    expect(unsaid.dataMap).to.deep.equal(fixed.dataMap)
  })
})

describe('the nearest name', () => {
  it('is proposed for a slip and not for another word', () => {
    expect(nearestName('keep_at_lest', ['keep_at_most', 'keep_at_least'])).to.equal('keep_at_least')
    expect(nearestName('stauts', ['status', 'states'])).to.equal('status')
    expect(nearestName('forget', ['erase', 'detach', 'archive'])).to.equal(null)
  })
})
