import { expect } from 'chai'
import { packRules } from '../../policies/packs/all-packs.ts'
import { parsePeriod } from '../../policies/period.ts'
import { ruleTexts } from '../../policies/rule-texts.ts'
import { shortestDays } from '../../policies/rules/civil-span.ts'

function daysOf(text: string): number {
  const parsed = parsePeriod(text)
  if (!parsed.ok) throw new Error(`cannot read ${text}`)
  return shortestDays(parsed.period)
}

describe('the rule packs', () => {
  it('name each rule once', () => {
    const ids = packRules.map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('write limits that can be read, the shortest first, the least below the most', () => {
    for (const { id, atLeast, atMost } of packRules) {
      const days = [...atLeast, ...atMost].map(({ period }) => daysOf(period))
      expect(days, id).to.deep.equal([...days].sort((a, b) => a - b))
    }
  })

  it('are held by codes that exist', () => {
    for (const { id, heldBy } of packRules) {
      for (const code of heldBy) expect(ruleTexts, id).to.have.property(code)
    }
  })

  it('hold something each: a limit, a clock, a start, a notice, an action or a code', () => {
    for (const rule of packRules) {
      const held = [...rule.atLeast, ...rule.atMost, ...rule.heldBy, ...rule.actions].length
      expect(held > 0 || rule.clock === 'fixed' || rule.noticeDays !== null, rule.id).to.equal(true)
    }
  })

  it('cite a text without an address, and say when it was last seen', () => {
    for (const { id, reference, checkedOn } of packRules) {
      expect(reference, id).not.to.match(/https?:|www\./)
      expect(checkedOn ?? '2026-11-22', id).to.match(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})
