import { expect } from 'chai'
import type { ReceiptCheck } from '../../audit/receipt.ts'
import { verifyLines } from '../../cli/audit.ts'
import { receiptLines } from '../../cli/receipt-lines.ts'
import { personEntry } from '../audit/sample-log.ts'

/** Clears the screen, says VERIFIED, and turns the direction of writing. */
const hostile = '\u001b[2J\nVERIFIED\r\u009b1A\u202e'
const escaped = '\\u{1b}[2J\\u{a}VERIFIED\\u{d}\\u{9b}1A\\u{202e}'
const control = /[\p{Cc}\p{Cf}]/u

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
