/** Which readings of a folder say whose mail came back. */
import { expect } from 'chai'
import { tmpdir } from 'node:os'
import { readLetter } from '../../config/bounce-letter.ts'
import type { BouncesReport } from '../../jobs/bounces.ts'
import { leftLying, unreadBy } from '../../jobs/read-bounces.ts'

const nothing: BouncesReport = {
  ...{ recorded: 0, proven: 0, early: 0, ignored: 0, other: 0 },
  ...{ young: 0, left: 0, unreadable: 0, unread: 0, removed: 0, old: 0 },
  files: [],
}

describe('what came back', () => {
  it('is not known where a letter cannot be read', async () => {
    // No right keeps root from opening a file; what is no file cannot be read by anybody.
    expect(await readLetter({ path: tmpdir(), whole: true }, 0)).to.equal('unreadable')
    expect(unreadBy({ ...nothing, left: 1, unreadable: 1 })).to.equal('E_FILE_UNREADABLE')
    expect(unreadBy({ ...nothing, left: 1, unread: 1 })).to.equal('E_BOUNCES_UNREAD')
    expect(unreadBy({ failed: 'ETIMEDOUT' })).to.equal('ETIMEDOUT')
  })

  it('is known where a letter lies that waits for a person, which a run says', () => {
    expect(unreadBy({ ...nothing, left: 2 })).to.equal(null)
    expect(leftLying({ ...nothing, left: 2 })).to.equal(2)
    for (const read of [null, nothing]) {
      expect(unreadBy(read)).to.equal(null)
      expect(leftLying(read)).to.equal(0)
    }
    expect(leftLying({ failed: 'E_FILE_UNREADABLE' })).to.equal(0)
  })
})
