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
import { join } from 'node:path'
import { expect } from 'chai'
import { forgetLetters, lettersIn, moveLetter } from '../../config/bounce-folder.ts'
import { readLetter } from '../../config/bounce-letter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const written = Date.parse('2026-06-01T10:00:00Z')

describe('the folder of mails that came back', () => {
  const folder = temporaryFolder()
  const lay = (name: string, text: string) => {
    writeFileSync(folder.in(name), text, 'latin1')
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

  it('leaves alone in the root of a Maildir what its server wrote there, and reads what may hold mails', async () => {
    const at = (name: string) => join('maildir', name)
    for (const place of ['new', 'cur', 'tmp']) mkdirSync(folder.in(at(place)), { recursive: true })
    for (const [name, text] of [
      ['dovecot-uidlist', '3 V1718000000 N2 G0a1b2c3d4e5f60718293a4b5c6d7e8f9\n1 :1.M1P1.mx\n'],
      ['dovecot-uidvalidity.6666', ''],
      ['dovecot.index.log', '\x01\x03\x28\0\xff'],
      ['dovecot-keywords', '0 $Forwarded\n'],
      ['maildirsize', '52428800S,1000C\n1234 1\n'],
      ['maildirfolder', ''],
      ['courierimapuiddb', '1 1718000000 2\n1.M1P1.mx 1\n'],
      ['subscriptions', 'V\t2\n\nSent\n'],
    ] as const)
      lay(at(name), text)
    lay(at('new/1'), 'X: y')
    expect(await lettersIn(folder.in('maildir'))).to.deep.equal([
      { path: folder.in(at('new/1')), whole: true },
    ])
    lay(at('report'), 'X: y')
    lay(at('mbox'), 'From a@b Mon Jun 1\nX: y')
    lay(at('packed'), '\x1f\x8b\b')
    expect((await lettersIn(folder.in('maildir'))).map(({ path }) => path)).to.deep.equal(
      ['mbox', 'new/1', 'packed', 'report'].map((name) => folder.in(at(name))),
    )
    rmSync(folder.in(at('cur')), { recursive: true })
    expect(await lettersIn(folder.in('maildir')), 'no Maildir').to.have.length(12)
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

  it('leaves what may hold many mails and what cannot be read, and reads the beginning of a large one', async () => {
    expect(await read(lay('mbox', 'From a@b Mon Jun 1\nX: y'), 60)).to.equal('left')
    expect(await read(lay('growing', 'From a@b Mon Jun 1\nX: y'), 0)).to.equal('left')
    const tar = `${'a'.padEnd(257)}ustar`
    for (const text of [
      '\x1f\x8b\b',
      'PK\x03\x04',
      tar,
      '\x01\x01\x01\x01\nX: y',
      '\n\nFrom a@b\nX: y',
      'a\0',
    ])
      expect(await read(lay('none', text), 60), text).to.equal('left')
    for (const text of ['', '\nX: y', 'no mail', 'R\xe9ponses :\n'])
      expect(await read(lay('text', text), 60), text).to.equal(text)
    for (const whole of [false, true]) expect(await read(lay('begun', ''), 59, whole)).to.equal('young')
    expect(await read(lay('growing-text', 'no mail'), 0)).to.equal('young')
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

  it('gives out the one mail of a file with a number for a name, without the line of its mailbox', async () => {
    const line = 'From MAILER-DAEMON Mon Jun  1 10:00:00 2026\n'
    expect(await read(lay('0001', `${line}X: y\n\nz\n\n`), 60)).to.equal('X: y\n\nz\n\n')
    for (const whole of [false, true])
      expect(await read(folder.in('0001'), 59, whole), 'may still be written').to.equal('left')
    expect(await read(lay('2', 'From a\r\nX: y\r\n\r\n>From z\r\n'), 60)).to.equal('X: y\r\n\r\n>From z\r\n')
    for (const text of [
      `${line}X: y\n\nz\n\n${line}X: y\n`,
      `${line}X: y\n\nFrom z\n`,
      line,
      `${line}\nX: y`,
      `${line}z\n`,
    ])
      expect(await read(lay('0003', text), 3600), text).to.equal('left')
    expect(await read(lay('mbox', `${line}X: y\n`), 3600)).to.equal('left')
    truncateSync(lay('0004', `${line}X: y\n`), 5_000_001)
    expect(await read(folder.in('0004'), 3600), 'the end of it is not known').to.equal('left')
    for (const name of ['0001', '2', '0003', '0004', 'mbox']) rmSync(folder.in(name))
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
