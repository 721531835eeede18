import { expect } from 'chai'
import { valueAt } from '../../plan/json-path.ts'

describe('a value out of JSON', () => {
  const at = (document: unknown, path = '$.seen'): string | null => valueAt(JSON.stringify(document), path)

  it('is the text or the number that stands there', () => {
    expect(at({ seen: 1700000000 })).to.equal('1700000000')
    expect(at({ seen: '2026-05-01T08:00:00Z' })).to.equal('2026-05-01T08:00:00Z')
    expect(at({ seen: 0 })).to.equal('0')
    expect(at({ seen: 20260501080000 })).to.equal('20260501080000')
    expect(at({ stats: { 'last-seen': 1.5 } }, '$.stats.last-seen')).to.equal('1.5')
  })

  it('is nothing where the document has nothing there', () => {
    for (const document of [{}, { seen: null }, null, []]) expect(at(document)).to.equal(null)
    for (const document of [{ stats: null }, { stats: [] }, { stats: {} }])
      expect(at(document, '$.stats.seen')).to.equal(null)
    expect(valueAt('', '$.seen')).to.equal('')
    expect(at({}, '$.constructor')).to.equal(null)
  })

  it('is what no clock can read where the document is not as declared', () => {
    for (const document of [{ seen: {} }, { seen: [1] }, { seen: true }, { seen: false }, 'seen', 17, [1]])
      expect(at(document), JSON.stringify(document)).to.equal('unreadable')
    expect(at({ stats: 'x' }, '$.stats.seen')).to.equal('unreadable')
    for (const text of ['{', 'a:0:{}', ' ', '{"seen":1700000000', "{'seen': 1}"])
      expect(valueAt(text, '$.seen'), text).to.equal('unreadable')
  })
})
