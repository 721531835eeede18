import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { expect } from 'chai'
import { forgetLetters, lettersIn, moveLetter, readLetter } from '../../config/bounce-folder.ts'
import { temporaryFolder } from './temporary-folder.ts'

const written = Date.parse('2026-06-01T10:00:00Z')

describe('the folder of mails that came back', () => {
  const folder = temporaryFolder()
  const lay = (name: string, text: string) => {
    writeFileSync(folder.in(name), text)
    utimesSync(folder.in(name), written / 1000, written / 1000)
    return folder.in(name)
  }
  const read = async (path: string, seconds: number, whole = false) => {
    const found = await readLetter({ path, whole }, written + seconds * 1000)
    return typeof found === 'string' ? found : Buffer.from(found).toString('latin1')
  }

  it('says what is whole as soon as it is there', async () => {
    mkdirSync(folder.in('new'))
    lay('plain', 'a')
    lay('new/one', 'b')
    lay('.hidden', 'c')
    expect(await lettersIn(folder.in())).to.deep.equal([
      { path: folder.in('new/one'), whole: true },
      { path: folder.in('plain'), whole: false },
    ])
  })

  it('gives a plain file out a minute after it was written, one of a Maildir at once', async () => {
    const path = lay('letter', 'X: y')
    const ages = [-60, 0, 59, 60, 3600]
    expect(await Promise.all(ages.map((age) => read(path, age)))).to.deep.equal([
      ...['young', 'young', 'young'],
      ...['X: y', 'X: y'],
    ])
    expect(await read(path, 0, true)).to.equal('X: y')
  })

  it('leaves what is no mail and what cannot be read, and reads the beginning of a large one', async () => {
    expect(await read(lay('mbox', 'From a@b Mon Jun 1\nX: y'), 60)).to.equal('left')
    expect(await read(lay('growing', 'From a@b Mon Jun 1\nX: y'), 0)).to.equal('left')
    for (const text of ['', '\x1f\x8b\b', '\x01\x01\x01\x01\nX: y', '\nX: y', 'no mail'])
      expect(await read(lay('none', text), 60), text).to.equal('left')
    expect(await read(lay('begun', ''), 0)).to.equal('young')
    expect(await read(lay('head', 'From: a@b\n\nX'), 60)).to.equal('From: a@b\n\nX')
    const large = lay('large', 'X: y\n\n')
    for (const size of [5_000_000, 5_000_001, 600 * 2 ** 20]) {
      truncateSync(large, size)
      const found = await read(large, 3600, true)
      expect(found).to.have.length(5_000_000)
      expect(found.slice(0, 6)).to.equal('X: y\n\n')
    }
    expect(await read(folder.in('new'), 0, true)).to.equal('unreadable')
    expect(await read(folder.in('nothing'), 60)).to.equal('gone')
  })

  it('removes only plain files that moved there, and none of a folder that is a link', async () => {
    mkdirSync(folder.in('elsewhere'))
    writeFileSync(folder.in('elsewhere/mine'), 'x')
    mkdirSync(folder.in('done/deeper'), { recursive: true })
    expect(await moveLetter(lay('one', 'x'), folder.in(), 'done')).to.equal(true)
    writeFileSync(folder.in('done/.gitkeep'), '')
    writeFileSync(folder.in('done/README'), 'x')
    symlinkSync(folder.in('elsewhere/mine'), folder.in('done/link.taken'))
    expect(await moveLetter(lay('answer.taken', 'x'), folder.in(), 'other')).to.equal(true)
    writeFileSync(folder.in('other/.hidden'), '')
    const later = Date.now() + 60_000
    const none = { removed: 0, stuck: 0, old: 0 }
    expect(await forgetLetters(folder.in(), later - 3_600_000)).to.deep.equal(none)
    expect(await forgetLetters(folder.in(), later)).to.deep.equal({ removed: 1, stuck: 0, old: 2 })
    expect(readdirSync(folder.in('done')).sort()).to.deep.equal([
      '.gitkeep',
      'README',
      'deeper',
      'link.taken',
    ])
    expect(readdirSync(folder.in('other')).sort()).to.deep.equal(['.hidden', 'answer.taken'])
    rmSync(folder.in('other'), { recursive: true })
    rmSync(folder.in('done'), { recursive: true })
  })

  it('says so where it cannot look for what is old, but not where there is nothing yet', async () => {
    const later = Date.now() + 60_000
    const found = { removed: 0, stuck: 0, old: 0 }
    expect(await forgetLetters(folder.in(), later)).to.deep.equal(found)
    writeFileSync(folder.in('elsewhere/1.taken'), 'x')
    symlinkSync(folder.in('elsewhere'), folder.in('done'))
    expect(await forgetLetters(folder.in(), later)).to.deep.equal({ ...found, stuck: 1 })
    expect(readdirSync(folder.in('elsewhere')).sort()).to.deep.equal(['1.taken', 'mine'])
    rmSync(folder.in('done'))
    writeFileSync(folder.in('done'), 'no folder')
    expect(await forgetLetters(folder.in(), later)).to.deep.equal({ ...found, stuck: 1 })
    rmSync(folder.in('done'))
  })

  it('loses nothing of a file that is written while it moves', async () => {
    const path = folder.in('slow')
    const writer = await open(path, 'w')
    await writer.write('first half, ')
    expect(await moveLetter(path, folder.in(), 'other')).to.equal(true)
    await writer.write('second half')
    await writer.close()
    expect(readFileSync(folder.in('other/slow'), 'utf8')).to.equal('first half, second half')
  })

  it('moves over no other file, and once only when two take the same', async () => {
    for (const text of ['a', 'b', 'c'])
      expect(await moveLetter(lay('same', text), folder.in(), 'done')).to.equal(true)
    const path = lay('same', 'd')
    const both = [moveLetter(path, folder.in(), 'done'), moveLetter(path, folder.in(), 'done')]
    expect(await Promise.all(both)).to.deep.equal([true, true])
    const names = ['', '.1', '.2', '.3'].map((copy) => `same${copy}.taken`)
    expect(readdirSync(folder.in('done')).sort()).to.have.members(names)
    expect(names.map((name) => readFileSync(folder.in('done', name), 'utf8'))).to.deep.equal([
      ...['a', 'b', 'c', 'd'],
    ])
  })

  it('says so when a file cannot be moved, and leaves nothing in its place', async () => {
    writeFileSync(folder.in('no-folder'), '')
    expect(await moveLetter(lay('stays', 'x'), folder.in('no-folder'), 'done')).to.equal(false)
    expect(readFileSync(folder.in('stays'), 'utf8')).to.equal('x')
  })
})
