import { expect } from 'chai'
import { sampleShopTableNames, sampleShopTables } from '../../../db/sample-shop/schema.ts'
import { sqliteDialect } from '../../../db/sqlite-dialect.ts'
import type { DataMap, Kind } from '../../../policies/data-map.ts'
import { describePolicy } from '../../../policies/describe.ts'
import type { Policy } from '../../../policies/policy.ts'
import { lintSampleShop } from './read-sample-shop.ts'

describe('the sample shop policies', () => {
  const { policies, dataMap: map, problems } = lintSampleShop()

  function dataMap(): DataMap {
    if (map === null) throw new Error('the data map of the sample shop has a problem')
    return map
  }

  it('pass lint; only three terms above a reference figure are reported', () => {
    expect(policies).to.have.length(15)
    expect(problems.map(({ severity, code, place }) => `${severity} ${code} ${place.file}`)).to.have.members([
      'warning W_TERM_ABOVE_REFERENCE policies/sample-shop/inactive-accounts.yml',
      'warning W_TERM_ABOVE_REFERENCE policies/sample-shop/consents.yml',
      'warning W_TERM_ABOVE_REFERENCE policies/sample-shop/large-contracts.yml',
    ])
  })

  it('describe themselves in a sentence or two of each language, term and end included', () => {
    for (const policy of policies) {
      for (const lang of ['en', 'fr'] as const) {
        const sentence = describePolicy(policy, dataMap(), lang, policies)
        expect(sentence, `${policy.id} ${lang}`).to.match(/^\p{Lu}.{40,}\.$/su)
      }
    }
  })

  it('say of silent accounts how long, how many mails, and what stays', () => {
    const policy = policies.find(({ id }) => id === 'inactive-accounts')!
    const english = describePolicy(policy, dataMap(), 'en', policies)
    expect(english).to.match(
      /unused for three years.*three mails.*invoices.*ten years.*close of the fiscal year.*without having been warned/,
    )
    const french = describePolicy(policy, dataMap(), 'fr', policies)
    expect(french).to.match(/inutilisés depuis trois ans.*trois courriels.*factures.*dix ans.*clôture/)
  })

  it('rule every table of the shop, or say why not', () => {
    const mapped = Object.values(dataMap().kinds).map((kind) => kind.table)
    const known = new Set([...mapped, ...Object.keys(dataMap().outOfScope)])
    expect([...known]).to.have.members([...sampleShopTableNames])
  })

  it('account for every column: a key, a link, a clock, a condition, personal, or exempt with a reason', () => {
    for (const table of sampleShopTableNames) {
      const kinds = Object.values(dataMap().kinds).filter((kind) => kind.table === table)
      if (kinds.length === 0) continue
      const accounted = new Set(kinds.flatMap((kind) => ownColumns(dataMap(), policies, kind)))
      for (const column of columnsOf(table)) {
        expect(accounted.has(column), `${table}.${column} is accounted for`).to.equal(true)
      }
    }
  })

  it('name only columns that the shop has', () => {
    for (const kind of Object.values(dataMap().kinds)) {
      const has = columnsOf(kind.table)
      expect(has, kind.name).to.include.members(ownColumns(dataMap(), policies, kind))
      if (kind.archive === null) continue
      const archive = dataMap().kinds[kind.archive.into]
      expect(columnsOf(archive?.table ?? '')).to.include.members(Object.keys(kind.archive.columns))
    }
  })

  it('follow only clocks that begin an index, so that no plan scans a table', () => {
    const indexes = sampleShopTables(sqliteDialect).flatMap((text) => {
      const [, table = '', columns = ''] = /^CREATE INDEX \S+ ON (\S+) \((.*)\)$/.exec(text) ?? []
      return table === '' ? [] : [`${table}.${columns.split(', ')[0] ?? ''}`]
    })
    for (const policy of policies) {
      const kind = dataMap().kinds[policy.data]!
      const event = kind.events[policy.countedFrom]!
      const scanned = [event.latestOf[0], event.else].flatMap((column) => column ?? [])
      for (const { table, column } of scanned) {
        expect(indexes, policy.id).to.include(`${table ?? kind.table}.${column}`)
      }
    }
  })

  it('leave no order without a policy, whoever bought and whatever it cost', () => {
    const ruling = policies.filter((policy) => policy.data === 'order')
    for (const total of [0, 119.99, 120, 5000]) {
      for (const buyer of ['consumer', 'company']) {
        const found = ruling.filter((policy) => covers(policy, { total, buyer }))
        expect(
          found.map((policy) => policy.id),
          `${total} ${buyer}`,
        ).to.have.length(1)
      }
    }
  })

  it('wait for a person to approve: every one is enforced, signed and due for review', () => {
    for (const policy of policies) {
      expect(policy.status, policy.id).to.equal('enforce')
      expect([policy.approvedBy, policy.approvedOn, policy.reviewBy], policy.id).not.to.include(null)
    }
  })
})

function columnsOf(table: string): readonly string[] {
  const text =
    sampleShopTables(sqliteDialect).find((each) => each.startsWith(`CREATE TABLE ${table} (`)) ?? ''
  const lines = text.split('\n').slice(1, -1)
  return lines
    .map((line) => line.trim().split(' ')[0] ?? '')
    .filter((word) => word !== 'CONSTRAINT' && word !== '')
}

/** Columns of the kind's own table that the data map or a policy speaks of. */
function ownColumns(map: DataMap, policies: readonly Policy[], kind: Kind): readonly string[] {
  const times = Object.values(map.kinds).flatMap((other) =>
    Object.values(other.events).flatMap(({ latestOf, else: instead }) =>
      [...latestOf, ...(instead === null ? [] : [instead])]
        .filter(({ table }) => (table ?? other.table) === kind.table)
        .map(({ column }) => column),
    ),
  )
  const states = Object.values(map.kinds).flatMap((other) =>
    Object.values(other.states).flatMap((state) =>
      Object.keys(state).flatMap((path) => {
        const [table, column] = path.includes('.') ? path.split('.') : [other.table, path]
        return table === kind.table && column !== undefined ? [column] : []
      }),
    ),
  )
  const conditions = policies
    .filter((policy) => policy.data === kind.name)
    .flatMap((policy) => [...policy.only.map(({ column }) => column), ...policy.fields])
  const references = policies
    .flatMap((policy) => Object.keys(policy.but))
    .flatMap((name) => (name.startsWith(`${kind.name}.`) ? [name.slice(kind.name.length + 1)] : []))
  return [
    ...[...kind.key, ...kind.identity, ...times, ...states, ...conditions, ...references],
    ...Object.keys(kind.link?.columns ?? (kind.of === null ? {} : { [foreignKeys[kind.name] ?? '']: '' })),
    ...Object.keys(kind.link?.where ?? {}),
    ...Object.values(kind.contact ?? {}).filter((column) => column !== null),
    ...[...Object.keys(kind.personal), ...Object.keys(kind.exempt), ...Object.values(kind.done)],
    ...[...Object.keys(kind.except), ...Object.keys(kind.restricted), ...Object.keys(kind.withdrawn)],
    ...Object.keys(map.canaries[kind.name] ?? {}),
  ]
}

/** The links that the database declares by a foreign key, so that the data map need not. */
const foreignKeys: Readonly<Record<string, string>> = {
  profile: 'user_id',
  session: 'user_id',
  ticket: 'user_id',
  ticket_message: 'ticket_id',
  order: 'user_id',
  order_line: 'order_id',
  invoice: 'user_id',
  review: 'user_id',
}

function covers(policy: Policy, order: { readonly total: number; readonly buyer: string }): boolean {
  return policy.only.every((condition) => {
    if (condition.test === 'is one of') return condition.values.includes(order.buyer)
    const atLeast = order.total >= Number(condition.amount)
    return condition.test === 'at least' ? atLeast : !atLeast
  })
}
