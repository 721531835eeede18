/** What an action writes, and into which archive, each with the whole of what is told. */
import { expect } from 'chai'
import { archiveTarget, personalChanges, withdrawnChanges } from '../../plan/column-changes.ts'
import { findingsFor, type Findings } from '../../plan/plan-problem.ts'
import type { SettledKind } from '../../plan/settled-map.ts'
import type { Kind } from '../../policies/data-map.ts'
import { kind, schemaOf, type TableSpec } from './site-builder.ts'

const notes: TableSpec = {
  columns: { id: 'int', body: 'text', flag: 'int', no: 'varchar(20)', by: 'int null' },
}

function settled(more: Partial<Kind>): SettledKind {
  return { kind: kind('note', 'notes', more), table: schemaOf({ notes }).get('notes')!, key: [], tie: null }
}

function told({ problems }: Findings) {
  return problems.map(({ code, table, column, params }) => ({ code, table, column, params }))
}

describe('what is written into a row', () => {
  it('is nothing into a column that the strategy does not fit, or that is not there', () => {
    const findings = findingsFor('p')
    const misfits = settled({ personal: { flag: { strategy: 'null' }, nowhere: { strategy: 'blank' } } })
    expect(personalChanges(misfits, null, findings)).to.deep.equal([])
    expect(told(findings)).to.deep.equal([
      { code: 'E_STRATEGY_NULL', table: 'notes', column: 'flag', params: { strategy: 'null', type: 'int' } },
    ])
    expect(withdrawnChanges(settled({ withdrawn: { flag: null } }), findingsFor('p'))).to.deep.equal([])
  })

  it('is the value of a withdrawn consent in the form of its column', () => {
    const found = withdrawnChanges(settled({ withdrawn: { flag: 'false' } }), findingsFor('p'))
    expect(found.map(({ column, strategy }) => [column, strategy])).to.deep.equal([
      ['flag', { strategy: 'fixed', value: '0' }],
    ])
  })
})

describe('an archive of its own', () => {
  const archived = (columns: Readonly<Record<string, string>>, map: Readonly<Record<string, string>>) => {
    const findings = findingsFor('p')
    const kept = { columns: { id: 'int', ...columns } }
    const found = archiveTarget(
      settled({ archive: { into: 'old', columns: map } }),
      { old: kind('old', 'kept') },
      schemaOf({ notes, kept }),
      findings,
    )
    return { found, told: told(findings) }
  }

  it('takes a number into a text, and a text into one without a limit', () => {
    for (const [type, from] of [
      ['varchar(20)', 'flag'],
      ['text', 'no'],
      ['text', 'body'],
    ] as const)
      expect(archived({ to: type }, { to: from }), `${from} into ${type}`).to.deep.equal({
        found: { into: 'kept', columns: [{ to: 'to', from }] },
        told: [],
      })
  })

  it('takes no text without a limit into one with a limit', () => {
    expect(archived({ to: 'varchar(20)' }, { to: 'body' })).to.deep.equal({
      found: null,
      told: [
        {
          ...{ code: 'E_ARCHIVE_TYPE', table: 'kept', column: 'to' },
          params: { from: 'notes.body', fromType: 'text NOT NULL', toType: 'varchar(20) NOT NULL' },
        },
      ],
    })
    const [nullable] = archived({ to: 'date' }, { to: 'by' }).told
    expect(nullable?.params).to.include({ fromType: 'int', toType: 'date NOT NULL' })
  })

  it('takes no number with more digits than it has', () => {
    const columns = { id: 'int', price: 'decimal(12,4)' }
    const findings = findingsFor('p')
    const of = settled({ archive: { into: 'old', columns: { price: 'price' } } })
    const schema = schemaOf({ kept: { columns: { id: 'int', price: 'decimal(12,2)' } } })
    const from = { ...of, table: schemaOf({ notes: { columns } }).get('notes')! }
    expect(archiveTarget(from, { old: kind('old', 'kept') }, schema, findings)).to.equal(null)
    const types = { fromType: 'decimal(12,4) NOT NULL', toType: 'decimal(12,2) NOT NULL' }
    expect(told(findings)).to.deep.equal([
      { code: 'E_ARCHIVE_TYPE', table: 'kept', column: 'price', params: { from: 'notes.price', ...types } },
    ])
  })

  it('names the column that is missing on either side', () => {
    expect(archived({ to: 'text' }, { to: 'boddy' })).to.deep.equal({
      found: null,
      told: [{ code: 'E_ARCHIVE_COLUMN', table: 'notes', column: 'boddy', params: { near: 'body' } }],
    })
    expect(archived({ copied: 'text' }, { copyed: 'body' })).to.deep.equal({
      found: null,
      told: [{ code: 'E_ARCHIVE_COLUMN', table: 'kept', column: 'copyed', params: { near: 'copied' } }],
    })
  })

  it('is none where its kind or its table is not there, cannot roll back, or never forgets', () => {
    const params = { kind: 'note', into: 'old' }
    const into = (kinds: Readonly<Record<string, Kind>>, more: Partial<TableSpec> = {}) => {
      const findings = findingsFor('p')
      const schema = schemaOf({ notes, kept: { ...notes, ...more } })
      const of = settled({ archive: { into: 'old', columns: { body: 'body' } } })
      return [archiveTarget(of, kinds, schema, findings), ...told(findings)]
    }
    const missing = { code: 'E_ARCHIVE_TABLE', table: 'notes', column: null, params }
    expect(into({})).to.deep.equal([null, missing])
    expect(into({ old: kind('old', 'gone') })).to.deep.equal([null, missing])
    for (const [code, more] of [
      ['E_NO_ROLLBACK', { transactional: false }],
      ['E_VERSIONED', { versioned: true }],
    ] as const)
      expect(into({ old: kind('old', 'kept') }, more)).to.deep.equal([
        null,
        { code, table: 'kept', column: null, params },
      ])
  })
})
