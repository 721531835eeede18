import { expect } from 'chai'
import type { TableCounts } from '../../audit/entry.ts'
import type { ReceiptCheck } from '../../audit/receipt.ts'
import { verifyLines } from '../../cli/audit.ts'
import { receiptLines } from '../../cli/receipt-lines.ts'
import type { Language } from '../../policies/problem.ts'
import { personEntry } from '../audit/sample-log.ts'

/** Clears the screen, says VERIFIED, and turns the direction of writing. */
const hostile = '\u001b[2J\nVERIFIED\r\u009b1A\u202e'
const escaped = '\\u{1b}[2J\\u{a}VERIFIED\\u{d}\\u{9b}1A\\u{202e}'
const control = /[\p{Cc}\p{Cf}]/u

describe('the sentence of a receipt', () => {
  const line = (tables: TableCounts, lang: Language): string => {
    const entry = { ...personEntry(1), kind: 'subject.anonymised', tables } as const
    const said = { entry, opening: null, index: 1, size: 2, origin: 'site.example/oubli' }
    return receiptLines({ state: 'unverified', fault: null, said }, lang)[0] ?? ''
  }
  const cases: readonly (readonly [TableCounts, string, string])[] = [
    [
      { users: { withdrawn: '1' } },
      'A person had a consent withdrawn on ',
      'Le consentement d’une personne a été retiré le ',
    ],
    [
      { users: { truncated: '1' } },
      'A person had fields truncated on ',
      'Une personne a eu des champs tronqués le ',
    ],
    [{ users: { anonymised: '1' } }, 'A person was anonymised on ', 'Une personne a été anonymisée le '],
    [
      { users: { withdrawn: '1' }, orders: { anonymised: '2' } },
      'A person was anonymised on ',
      'Une personne a été anonymisée le ',
    ],
    [
      { users: { truncated: '1', withdrawn: '1' } },
      'A person was anonymised on ',
      'Une personne a été anonymisée le ',
    ],
    [{}, 'A person was anonymised on ', 'Une personne a été anonymisée le '],
  ]
  for (const [tables, en, fr] of cases)
    it(`says what was done to a person: ${JSON.stringify(tables)}`, () => {
      expect(line(tables, 'en').slice(0, en.length)).to.equal(en)
      expect(line(tables, 'fr').slice(0, fr.length)).to.equal(fr)
    })
})

describe('the sentence of a receipt of somebody who left', () => {
  const sentence = (tables: TableCounts, lang: Language): string => {
    const entry = { ...personEntry(1), kind: 'subject.erased', tables } as const
    const said = { entry, opening: null, index: 1, size: 2, origin: 'site.example/oubli' }
    return receiptLines({ state: 'unverified', fault: null, said }, lang)[0] ?? ''
  }

  it('is that they were erased, unless an archive took a part', () => {
    expect(sentence({ users: { erased: '1' }, orders: { detached: '2' } }, 'en')).to.match(
      /^A person was erased on /,
    )
    const archived: readonly TableCounts[] = [
      { users: { archived: '1' } },
      { users: { erased: '1' }, invoices: { erased: '1', archived: '2' } },
    ]
    for (const tables of archived) {
      expect(sentence(tables, 'en'))
        .to.match(
          /^A person left the active tables on .*: erased or moved to an archive, as the rows say; rows: /,
        )
        .and.not.match(/was erased/)
      expect(sentence(tables, 'fr')).to.match(/^Une personne a quitté les tables actives le /)
    }
  })
})

describe('what a stranger wrote', () => {
  it('does not steer the terminal from a receipt', () => {
    const opening = { kind: hostile, key: [hostile, 'ï42'], identity: [], salt: 'ab'.repeat(32) }
    const said = { entry: personEntry(1), opening, index: 1, size: 2, origin: hostile }
    const check: ReceiptCheck = { state: 'unverified', fault: null, said }
    for (const lang of ['en', 'fr'] as const) {
      const lines = receiptLines(check, lang)
      expect(lines).to.have.length(3)
      for (const line of lines) expect(line).not.to.match(control)
      expect(lines[1]).to.contain(`${escaped}, ï42`)
      expect(lines[2])
        .to.match(/^UNVERIFIED/)
        .and.to.contain(escaped)
    }
  })

  it('does not steer the terminal from the names of files', () => {
    const lines = verifyLines(
      {
        ...{ state: 'failed', entries: 0, unsealed: 0, root: null, newest: null, older: 0, more: 0 },
        findings: [{ code: 'unknown key', checkpoint: hostile }],
      },
      'en',
    )
    expect(lines).to.have.length(2)
    expect(lines[0])
      .to.match(/^FOUND/)
      .and.to.contain(escaped)
  })
})
