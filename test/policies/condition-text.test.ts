import { expect } from 'chai'
import { marksThousands, parseAmount } from '../../policies/condition-text.ts'

describe('an amount in words', () => {
  it('is read with a space between thousands, and decimals after a point or a comma', () => {
    const read: Readonly<Record<string, string>> = {
      'at least 120 EUR': '120',
      'at least 1200': '1200',
      'au moins 1 200 €': '1200',
      'au moins 1\u202f200,50 €': '1200.50',
      'below 120.5': '120.5',
      'moins de 0,1250 euros': '0.1250',
    }
    for (const [said, amount] of Object.entries(read)) {
      expect(parseAmount(said)?.amount, said).to.equal(amount)
      expect(marksThousands(said), said).to.equal(false)
    }
  })

  it('is refused with a mark before three digits, which is 1200 to one reader and 1.2 to another', () => {
    for (const said of [
      'at least 1,200 EUR',
      'au moins 1.200 €',
      'below 1,200,000',
      'moins de 1.200,50 €',
      'at least 1,200.50',
      'at least 1 200.500',
    ]) {
      expect(parseAmount(said), said).to.equal(null)
      expect(marksThousands(said), said).to.equal(true)
    }
  })
})
