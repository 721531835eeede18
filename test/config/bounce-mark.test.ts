import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { leaveMark, markName, readMark } from '../../config/bounce-mark.ts'
import { temporaryFolder } from './temporary-folder.ts'

const [first, second] = ['a'.repeat(32), 'b'.repeat(32)]

describe('the mark of the folder of mails that came back', () => {
  const folder = temporaryFolder()
  afterEach(() => {
    rmSync(folder.in(markName), { force: true, recursive: true })
  })

  it('may be read by everybody, whoever left it', async () => {
    const before = process.umask(0o077)
    try {
      expect(await leaveMark(folder.in(), first)).to.deep.equal({ id: first })
    } finally {
      process.umask(before)
    }
    expect((statSync(folder.in(markName)).mode & 0o777).toString(8)).to.equal('644')
    expect(await readMark(folder.in())).to.deep.equal({ id: first })
  })

  it('is that of the first of two readers', async () => {
    expect(await leaveMark(folder.in(), first)).to.deep.equal({ id: first })
    expect(await leaveMark(folder.in(), second)).to.deep.equal({ id: first })
    expect(readFileSync(folder.in(markName), 'utf8')).to.equal(`${first}\n`)
  })

  it('is written through no link, and over no other file', async () => {
    symlinkSync(folder.in('elsewhere'), folder.in(markName))
    expect(await leaveMark(folder.in(), first)).to.deep.equal({ failed: 'EEXIST' })
    expect(lstatSync(folder.in('elsewhere'), { throwIfNoEntry: false })).to.equal(undefined)
    writeFileSync(folder.in('elsewhere'), first)
    expect(await readMark(folder.in())).to.deep.equal({ unread: 'a link, or no file' })
    expect(await leaveMark(folder.in(), second)).to.deep.equal({ failed: 'EEXIST' })
    rmSync(folder.in(markName))
    writeFileSync(folder.in(markName), 'mine')
    expect(await leaveMark(folder.in(), second)).to.deep.equal({ failed: 'EEXIST' })
    expect(readFileSync(folder.in(markName), 'utf8')).to.equal('mine')
    expect(await readMark(folder.in())).to.deep.equal({ id: null })
  })

  it('is missing, or cannot be read: two things', async () => {
    expect(await readMark(folder.in())).to.equal(null)
    mkdirSync(folder.in(markName))
    expect(await readMark(folder.in())).to.deep.equal({ unread: 'a link, or no file' })
    expect(await readMark(folder.in('elsewhere'))).to.deep.equal({ unread: 'ENOTDIR' })
    if (process.getuid?.() === 0) return
    rmSync(folder.in(markName), { recursive: true })
    writeFileSync(folder.in(markName), first, { mode: 0o000 })
    expect(await readMark(folder.in())).to.deep.equal({ unread: 'EACCES' })
  })
})
