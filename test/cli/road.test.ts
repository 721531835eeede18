import { expect } from 'chai'
import { migratedLines } from '../../cli/road.ts'

describe('the way back from a migration', () => {
  it('is to drop our tables only where they were made just now: later they hold evidence', () => {
    expect(migratedLines(['0001-runs', '0002-holds'], 'en').join(' ')).to.include('drop the views and tables')
    expect(migratedLines(['0001-runs'], 'fr').join(' ')).to.include('supprimez les vues et les tables')
    expect(migratedLines(['0016-notes'], 'en')).to.deep.equal([])
    expect(migratedLines([], 'en')).to.deep.equal([])
  })
})
