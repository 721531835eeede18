import { expect } from 'chai'
import { compareRights, readGrant, whatIsGranted, type Grant } from '../../plan/held-rights.ts'

function grants(...texts: readonly string[]): readonly Grant[] {
  return texts.map((text) => readGrant(text)).filter((grant) => grant !== null)
}

const needed = grants(
  "GRANT REFERENCES ON `shop`.* TO 'needed_run'@'%'",
  "GRANT SELECT (`id`, `email`), UPDATE (`email`), DELETE ON `shop`.`users` TO 'needed_run'@'%'",
  "GRANT SELECT, INSERT ON `shop`.`oubli_entry` TO 'needed_run'@'%'",
)
const exactly = [
  "GRANT USAGE ON *.* TO `run`@`%` IDENTIFIED BY PASSWORD '*ABCDEF'",
  'GRANT REFERENCES ON `shop`.* TO `run`@`%`',
  'GRANT SELECT (email, id), DELETE, UPDATE (`email`) ON `shop`.`users` TO `run`@`%`',
  'GRANT SELECT, INSERT ON `shop`.`oubli_entry` TO `run`@`%`',
]

describe('the rights of an account', () => {
  it('are read as the server prints them, and a role is no statement of rights', () => {
    expect(readGrant('GRANT ALL PRIVILEGES ON `a\\_b`.* TO `u`@`%` WITH GRANT OPTION')).to.deep.equal({
      on: 'a_b.*',
      rights: new Map([['ALL PRIVILEGES', null]]),
      option: true,
    })
    expect(readGrant('GRANT SELECT (`a``b`, `c`), BINLOG ADMIN ON `s`.`t` TO `u`@`h`')?.rights).to.deep.equal(
      new Map([
        ['SELECT', ['a`b', 'c']],
        ['BINLOG ADMIN', null],
      ]),
    )
    expect(readGrant('GRANT SELECT, SELECT (a,b), UPDATE (a,b) ON `a``b`.`t` TO `u`@`h`')).to.deep.equal({
      on: 'a`b.t',
      rights: new Map([
        ['SELECT', null],
        ['UPDATE', ['a', 'b']],
      ]),
      option: false,
    })
    const broken = ['-- GRANT SELECT ON `s`.* TO `u`', 'GRANT SELECT ON `s`.* TO `u`\n@`h`']
    for (const text of broken) expect(readGrant(text), text).to.equal(null)
    for (const text of ['GRANT `role` TO `u`@`h`', "GRANT PROXY ON ''@'%' TO 'root'@'localhost'", ''])
      expect(readGrant(text), text).to.equal(null)
  })

  it('are named where they are not read, and to whom they are given is left out', () => {
    expect(
      [
        'GRANT `dba`@`%` TO `u`@`h`',
        "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
        "GRANT EXECUTE ON PROCEDURE `s`.`p` TO `u`@`h` IDENTIFIED BY PASSWORD '*94BD'",
        'SET DEFAULT ROLE `dba` FOR `u`@`h`',
        'SET ROLE NONE',
        '*94BD',
        '*94GRANT secret',
      ].map(whatIsGranted),
    ).to.deep.equal([
      '`dba`@`%`',
      "PROXY ON ''@'%'",
      'EXECUTE ON PROCEDURE `s`.`p`',
      'DEFAULT ROLE `dba`',
      'ROLE NONE',
      'a statement of another form',
      'a statement of another form',
    ])
  })

  it('are neither too many nor too few where they are those of the plan', () => {
    expect(compareRights(grants(...exactly), needed)).to.deep.equal({ tooMuch: [], tooLittle: [] })
  })

  it('are too many: everything, other tables, other columns, handing on', () => {
    const more = grants(
      ...exactly,
      'GRANT SELECT, SUPER, FILE, PROCESS ON *.* TO `run`@`%`',
      'GRANT DELETE ON `shop`.`orders` TO `run`@`%`',
      'GRANT SELECT, UPDATE (`role`, `email`) ON `shop`.`users` TO `run`@`%`',
      'GRANT ALL PRIVILEGES ON `other`.* TO `run`@`%` WITH GRANT OPTION',
      'GRANT SELECT ON `shop`.`oubli_person_status` TO `run`@`%`',
      'GRANT DELETE ON `shop`.`oubli_entry` TO `run`@`%`',
      'GRANT USAGE ON `shop`.`orders` TO `run`@`%`',
      'GRANT PROCESS ON `shop`.* TO `run`@`%`',
      'GRANT SELECT ON `shop`.`oubli_a$b` TO `run`@`%`',
      // Shows names alone, also of the foreign keys that lead to the site.
      'GRANT REFERENCES ON `crm`.* TO `run`@`%`',
      'GRANT REFERENCES, DELETE ON `crm`.`notes` TO `run`@`%`',
    )
    expect(compareRights(more, needed)).to.deep.equal({
      tooMuch: [
        'SELECT, SUPER, FILE on *.*',
        'DELETE on shop.orders',
        'SELECT of every column, UPDATE (role) on shop.users',
        'ALL PRIVILEGES, GRANT OPTION on other.*',
        'DELETE on shop.oubli_entry',
        'PROCESS on shop.*',
        'SELECT on shop.oubli_a$b',
        'DELETE on crm.notes',
      ],
      tooLittle: [],
    })
  })

  it('are not too many where they are proposed, nor too few without', () => {
    const proposed = grants('GRANT TRIGGER ON `shop`.`users` TO `run`@`%`')
    expect(compareRights(grants(...exactly), needed, proposed)).to.deep.equal({ tooMuch: [], tooLittle: [] })
    const more = [...grants(...exactly), ...proposed]
    expect(compareRights(more, needed, proposed).tooMuch).to.deep.equal([])
    expect(compareRights(more, needed).tooMuch).to.deep.equal(['TRIGGER on shop.users'])
    const wider = grants('GRANT TRIGGER ON `shop`.* TO `run`@`%`')
    expect(compareRights(wider, [], proposed).tooMuch).to.deep.equal(['TRIGGER on shop.*'])
  })

  it('are too few: named with their columns; a wider right covers a narrower one', () => {
    const few = grants(
      'GRANT SELECT (`id`) ON `shop`.`users` TO `run`@`%`',
      'GRANT DELETE, INSERT, SELECT ON `shop`.`oubli_entry` TO `run`@`%`',
    )
    expect(compareRights(few, needed).tooLittle).to.deep.equal([
      { rights: 'REFERENCES', on: 'shop.*' },
      { rights: 'SELECT (id, email)', on: 'shop.users' },
      { rights: 'UPDATE (email)', on: 'shop.users' },
      { rights: 'DELETE', on: 'shop.users' },
    ])
    const all = compareRights([], needed).tooLittle
    const elsewhere = grants(
      'GRANT ALL PRIVILEGES ON `sales`.* TO `run`@`%`',
      'GRANT DELETE ON `shop`.`user` TO `run`@`%`',
    )
    expect(compareRights(elsewhere, needed).tooLittle).to.deep.equal(all).and.to.have.length(6)
    const none: Grant = { on: 'shop.users', rights: new Map([['SELECT', []]]), option: false }
    expect(compareRights([none], [none]).tooLittle, 'no column').to.have.length(1)
    for (const wide of ['ALL PRIVILEGES ON *.*', 'ALL PRIVILEGES ON `shop`.*'])
      expect(compareRights(grants(`GRANT ${wide} TO \`run\`@\`%\``), needed).tooLittle, wide).to.deep.equal(
        [],
      )
  })
})
