/** Which column of an archive takes which column, by what a server prints of their types. */
import { expect } from 'chai'
import { mysqlFamily, sqliteFamily } from '../../db/column-family.ts'
import { takesAll } from '../../plan/archive-fit.ts'
import type { Column } from '../../plan/site-schema.ts'

const named = (type: string): string => type.replace(/\W.*/, '')

function column(type: string, more: Partial<Column> = {}): Column {
  const length = /char\((\d+)\)/.exec(type)?.[1]
  return {
    ...{ name: 'c', type, family: mysqlFamily(named(type)), nullable: false, generated: false },
    length: length === undefined ? null : Number(length),
    ...more,
  }
}

const takes = (from: string, to: string): boolean => takesAll(column(to), column(from))

/** Narrow, and wide enough for it; the other way round nothing fits. */
const wider: readonly (readonly [narrow: string, wide: string])[] = [
  ['decimal(12,2)', 'decimal(14,4)'],
  ['decimal(10,4)', 'decimal(12,4)'],
  ['decimal(10,2) unsigned', 'decimal(10,2)'],
  ['decimal(6,2)', 'float'],
  ['decimal(15,2)', 'double'],
  ['float', 'double'],
  ['float(7,4)', 'float'],
  ['double(10,2)', 'double'],
  ['float(7,2)', 'float(8,2)'],
  ['datetime', 'datetime(6)'],
  ['datetime(3)', 'datetime(6)'],
  ['timestamp', 'timestamp(1)'],
  ['time', 'time(6)'],
  ['bit(1)', 'bit(8)'],
  ['bit', 'bit(2)'],
  ['bit(1)', 'tinyint(1)'],
  ['bit(8)', 'smallint(6)'],
  ['bit(31)', 'int(10) unsigned'],
  ['tinyint(1)', 'smallint(6)'],
  ['smallint(6)', 'mediumint(9)'],
  ['mediumint(9)', 'int(11)'],
  ['int', 'bigint'],
  ['int(10) unsigned', 'bigint(20)'],
  ['int(10) unsigned', 'bigint(20) unsigned'],
  ['int(5) unsigned zerofill', 'bigint(20)'],
  ['year(4)', 'smallint(6)'],
  ['year', 'smallint(5) unsigned'],
  ['varchar(20)', 'varchar(21)'],
  ['varbinary(16)', 'varbinary(255)'],
  ['binary(16)', 'varbinary(16)'],
  ['varbinary(255)', 'blob'],
  ['blob', 'mediumblob'],
  ['varchar(20)', 'text'],
]

describe('a column of an archive', () => {
  for (const [narrow, wide] of wider)
    it(`takes ${narrow} as ${wide}, and not the other way round`, () => {
      expect([takes(narrow, wide), takes(wide, narrow)]).to.deep.equal([true, false])
      expect([takes(narrow, narrow), takes(wide, wide)], 'each takes itself').to.deep.equal([true, true])
    })

  it('takes nothing where either has values that the other has not', () => {
    const apart = [
      ['int', 'int unsigned'],
      ['int unsigned', 'int'],
      ['bigint', 'bigint unsigned'],
      ['int', 'bigint unsigned'],
      ['decimal(12,4)', 'decimal(12,2)'],
      ['decimal(12,2)', 'decimal(12,4)'],
      ['decimal(10,2)', 'decimal(12,2) unsigned'],
      ['double', 'decimal(30,10)'],
      ['float', 'decimal(30,10)'],
      ['decimal(7,2)', 'float'],
      ['decimal(16,2)', 'double'],
      ['double(10,2)', 'float(10,2)'],
      ['double', 'double(10,2)'],
      ['int', 'year'],
      ['tinyint unsigned', 'year'],
      ['year', 'tinyint unsigned'],
      ['float', 'varchar(60)'],
      ['float', 'text'],
      ['int', 'decimal(20,0)'],
      ['datetime', 'date'],
      ['datetime', 'timestamp'],
      ['varbinary(16)', 'binary(32)'],
      ['varbinary(16)', 'binary(16)'],
      ['binary(16)', 'binary(32)'],
      ['blob', 'varbinary(255)'],
      ['int', 'varchar(2)'],
      ['int', 'varchar(10)'],
      ['int unsigned', 'varchar(9)'],
      ['bigint unsigned', 'varchar(19)'],
      ['int(12) unsigned zerofill', 'varchar(11)'],
      ['decimal(12,4)', 'varchar(13)'],
      ['decimal(4,4)', 'varchar(6)'],
      ['double', 'varchar(23)'],
      ['datetime', 'varchar(10)'],
      ['datetime(6)', 'varchar(25)'],
      ['date', 'varchar(9)'],
      ['time', 'varchar(8)'],
      ['time(6)', 'varchar(16)'],
      ['timestamp', 'varchar(18)'],
      ['timestamp(6)', 'varchar(25)'],
      ['double(5,2)', 'float'],
      ['varbinary(17)', 'varbinary(16)'],
    ] as const
    expect(apart.filter(([from, to]) => takes(from, to))).to.deep.equal([])
  })

  it('takes what is written as a text, and what is of no measure', () => {
    const fine = [
      ['double', 'varchar(60)'],
      ['bigint', 'varchar(20)'],
      ['datetime(6)', 'text'],
      ['decimal(12,4)', 'varchar(20)'],
      ['date', 'date'],
      ['int', 'varchar(11)'],
      ['int unsigned', 'varchar(10)'],
      ['bigint unsigned', 'varchar(20)'],
      ['year', 'varchar(4)'],
      ['int(12) unsigned zerofill', 'varchar(12)'],
      ['decimal(12,4)', 'varchar(14)'],
      ['decimal(4,4)', 'varchar(7)'],
      ['decimal(5,0) unsigned', 'varchar(5)'],
      ['double', 'varchar(24)'],
      ['datetime', 'varchar(19)'],
      ['datetime(6)', 'varchar(26)'],
      ['date', 'varchar(10)'],
      ['time', 'varchar(10)'],
      ['time(6)', 'varchar(17)'],
      ['timestamp(6)', 'varchar(26)'],
      ['double(10,2)', 'decimal(12,2)'],
      ['uuid', 'varchar(36)'],
      ['varbinary(16)', 'varbinary(16)'],
      ['blob', 'blob'],
      ['uuid', 'uuid'],
      ['json', 'json'],
    ] as const
    expect(fine.filter(([from, to]) => !takes(from, to))).to.deep.equal([])
  })

  it('takes no NULL that it may not hold, and is not written where the server computes it', () => {
    const [one, nullable] = [column('int'), column('int', { nullable: true })]
    expect([takesAll(one, nullable), takesAll(nullable, one), takesAll(nullable, nullable)]).to.deep.equal([
      false,
      true,
      true,
    ])
    expect(takesAll(column('int', { generated: true }), one)).to.equal(false)
  })

  const lite = (type: string) => column(type, { family: sqliteFamily(type) })

  it('of SQLite takes any number where its type is none of a server', () => {
    for (const [from, to] of [
      ['INTEGER', 'INT'],
      ['BIGINT', 'INTEGER'],
      ['REAL', 'NUMERIC'],
      ['DECIMAL(12, 4)', 'NUMERIC'],
      ['DECIMAL', 'DECIMAL(12, 4)'],
      ['NUMERIC(12, 4)', 'DECIMAL(12, 2)'],
      ['DECIMAL(10)', 'DECIMAL(12, 2)'],
      ['VARBINARY(16)', 'VARBINARY'],
      ['BOOLEAN', 'BOOLEAN'],
    ] as const)
      expect(takesAll(lite(to), lite(from)), `${from} as ${to}`).to.equal(true)
    for (const space of ['', ' '])
      expect(takesAll(lite(`DECIMAL${space}(12, 2)`), lite(`DECIMAL${space}(12, 4)`))).to.equal(false)
  })

  it('of SQLite takes as a text of any length what is of no measure', () => {
    const short = column('varchar(1)')
    for (const type of ['REAL', 'NUMERIC(12, 4)', 'DECIMAL', 'BLOB', 'BOOLEAN', 'TIMESTAMPTZ', 'DATES'])
      expect(takesAll(short, lite(type)), type).to.equal(true)
    expect(takesAll(column('varchar(19)'), lite('DATETIME(0)'))).to.equal(true)
    expect(takesAll(column('varchar(18)'), lite('DATETIME(0)'))).to.equal(false)
  })
})
