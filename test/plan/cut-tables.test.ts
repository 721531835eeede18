/** Which tables are emptied partition by partition, and why the others are not. */
import { expect } from 'chai'
import type { Kind } from '../../policies/data-map.ts'
import type { Policy } from '../../policies/policy.ts'
import type { Partitioning, SiteSchema } from '../../plan/site-schema.ts'
import {
  account,
  at,
  compile,
  event,
  kind,
  mapOf,
  policy,
  schemaOf,
  users,
  type TableSpec,
} from './site-builder.ts'

const cut: Partitioning = {
  method: 'RANGE COLUMNS',
  expression: '`seen_at`',
  subpartitioned: false,
  parts: [{ name: 'p0', bound: "'2019-01-01'" }],
}
const visits: TableSpec = {
  columns: {
    id: 'int',
    user_id: 'int',
    seen_at: 'datetime',
    came: 'datetime',
    ip: 'varchar(40)',
    state: 'varchar(9)',
  },
  indexes: ['seen_at', 'user_id'],
}
const rowByRow = kind('visit', 'visits', {
  of: 'account',
  link: { columns: { user_id: 'id' }, where: {} },
  events: { seen: event([at('seen_at')]), twice: event([at('seen_at'), at('came')]) },
  states: { open: { state: ['a'] } },
  personal: { ip: { strategy: 'blank' } },
})
const visit: Kind = { ...rowByRow, partitions: 'drop' }

interface Site {
  readonly own?: Partial<Kind>
  readonly its?: Partial<Policy>
  readonly table?: Partial<TableSpec>
  readonly person?: Partial<Kind>
  readonly partitioning?: Partitioning | undefined
  readonly others?: readonly Policy[]
  readonly kinds?: readonly Kind[]
  readonly canaries?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

function tied(site: Site = {}) {
  const tables = schemaOf({
    users,
    visits: { ...visits, ...site.table },
    pages: { columns: { id: 'int', visit_id: 'int' }, indexes: ['visit_id'] },
  })
  const partitioning = 'partitioning' in site ? site.partitioning : cut
  const schema: SiteSchema = new Map(
    [...tables].map(([name, table]) => [
      name,
      name === 'visits' && partitioning !== undefined ? { ...table, partitioning } : table,
    ]),
  )
  const map = mapOf(
    [{ ...account, ...site.person }, { ...visit, ...site.own }, ...(site.kinds ?? [])],
    site.canaries === undefined ? {} : { canaries: site.canaries },
  )
  const { plan, problems } = compile(schema, map, [policy('visit', site.its), ...(site.others ?? [])])
  const mine = problems.filter((one) => one.policy === 'p')
  return {
    drops: plan.policies[0]?.dropsPartitions,
    told: mine.map(({ code, table, params }) => [code, table, params]),
  }
}

describe('a policy that drops partitions', () => {
  it('is one whose data map says so, on a table that is cut along its clock', () => {
    expect(tied()).to.deep.equal({ drops: true, told: [] })
    const { plan, problems } = compile(schemaOf({ users, visits }), mapOf([account, rowByRow]), [
      policy('visit'),
    ])
    expect([plan.policies[0]?.dropsPartitions, problems]).to.deep.equal([undefined, []])
  })

  it('deletes row by row where something is in the way, and says what', () => {
    const refused = (site: Site, ...why: readonly unknown[]) =>
      expect(tied(site)).to.deep.equal({ drops: undefined, told: [why] })
    refused({ partitioning: undefined }, 'W_PARTITION_NONE', 'visits', {})
    refused({ partitioning: { ...cut, method: 'LIST' } }, 'W_PARTITION_CUT', 'visits', {
      cut: 'LIST (`seen_at`)',
      clock: 'seen_at',
    })
    refused({ table: { triggers: ['touch', 'log'] } }, 'W_PARTITION_TRIGGERS', 'visits', {
      triggers: 'touch, log',
    })
    expect(tied({ table: { triggers: null } }), 'the account that drops may see them').to.deep.equal({
      drops: true,
      told: [],
    })
    refused({ person: { restricted: { status: ['held'] } } }, 'W_PARTITION_RESTRICTED', 'visits', {
      kind: 'account',
    })
    const view = kind('view', 'visits', { except: { state: ['a'] } })
    refused({ kinds: [view] }, 'W_PARTITION_RESTRICTED', 'visits', { kind: 'view' })
    const marking = (id: string) => policy('visit', { id, then: 'anonymise' })
    refused({ others: [marking('q'), marking('r')] }, 'W_PARTITION_MARKS', 'visits', { marking: 'q, r' })
  })

  it('is none, and nothing to warn of, where each row is looked at or stays', () => {
    const pages = kind('page', 'pages', { of: 'visit', link: { columns: { visit_id: 'id' }, where: {} } })
    const sites: Readonly<Record<string, Site>> = {
      anonymised: { its: { then: 'anonymise' } },
      people: { own: { subject: true } },
      warned: {
        its: {
          warn: {
            when: 'before the term',
            daysBefore: [30],
            minimumNoticeDays: 30,
            template: 'x',
            ifUnreachable: { refusals: 2, waitDays: 90, finally: 'erase' },
            noAddress: 'a person decides',
          },
        },
      },
      fields: { its: { fields: ['ip'] } },
      'two sources': { its: { countedFrom: 'twice' } },
      narrowed: { its: { only: [{ column: 'state', test: 'is one of', values: ['a'] }] } },
      spared: { its: { notWhile: ['open'] } },
      excepted: { own: { except: { state: ['a'] } } },
      restricted: { own: { restricted: { state: ['a'] } } },
      canary: { canaries: { visit: { state: ['a'] } } },
      'with steps': { kinds: [pages] },
    }
    for (const [name, site] of Object.entries(sites))
      for (const partitioning of [cut, undefined])
        expect(tied({ ...site, partitioning }), name).to.deep.equal({ drops: undefined, told: [] })
  })
})
