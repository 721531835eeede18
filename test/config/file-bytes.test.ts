import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { lookFor } from '../../config/file-bytes.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a file that is looked for', () => {
  const folder = temporaryFolder()

  it('is there since it was written, or surely not, or nobody can tell', () => {
    writeFileSync(folder.in('there'), '')
    const at = new Date('2026-05-30T08:00:00Z')
    utimesSync(folder.in('there'), at, at)
    expect(lookFor(folder.in('there'))).to.deep.equal({ since: at.getTime() })
    expect(lookFor(folder.in('not there'))).to.equal(null)
    expect(lookFor(folder.in('there/under a file'))).to.equal(null)
    symlinkSync('loop', folder.in('loop'))
    expect(lookFor(folder.in('loop'))).to.deep.equal({ unseen: 'ELOOP' })
  })

  it('is not held for missing in a folder that the account may not enter', function () {
    // An administrator may enter every folder; the tests of one ask as somebody else.
    if (process.platform === 'win32') this.skip()
    mkdirSync(folder.in('locked'))
    writeFileSync(folder.in('locked/pause'), '')
    chmodSync(folder.in(), 0o755)
    chmodSync(folder.in('locked'), process.getuid?.() === 0 ? 0o700 : 0o000)
    const module = new URL('../../config/file-bytes.js', import.meta.url).href
    const script = `const { lookFor } = await import(${JSON.stringify(module)})
      process.stdout.write(JSON.stringify(lookFor(${JSON.stringify(folder.in('locked/pause'))})))`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
      cwd: '/',
    }).toString()
    chmodSync(folder.in('locked'), 0o700)
    expect(JSON.parse(said)).to.deep.equal({ unseen: 'EACCES' })
  })
})
