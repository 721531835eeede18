import { expect } from 'chai'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { runCommand } from '../../config/run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a program of the operator', () => {
  const folder = temporaryFolder()
  async function program(name: string, lines: string): Promise<string> {
    await writeFile(folder.in(name), `#!/bin/sh\n${lines}\n`)
    await chmod(folder.in(name), 0o700)
    return folder.in(name)
  }

  it('that takes too long is killed with what it started', async () => {
    const beats = folder.in('beats')
    const path = await program('hang.sh', `(while :; do echo x >> '${beats}'; sleep 0.05; done) &\nwait`)
    expect(await runCommand(path, '', 1500)).to.equal('E_TOO_LONG')
    await after(200)
    const before = await readFile(beats, 'utf8')
    expect(before).to.match(/^x/)
    await after(1000)
    expect(await readFile(beats, 'utf8')).to.equal(before)
  })

  it('gets the variables that every program needs, and no other', async () => {
    const path = await program('env.sh', `env > '${folder.in('env')}'`)
    const set = { SHOP_API_KEY: 'k', MYSQL_PWD: 'p', PATHS: 'x', LC_TIME: 'C', TZ: 'Europe/Paris' }
    const before = { ...process.env }
    Object.assign(process.env, set)
    try {
      expect(await runCommand(path, '')).to.equal(null)
    } finally {
      for (const name of Object.keys(set)) Reflect.deleteProperty(process.env, name)
      Object.assign(process.env, before)
    }
    const names = (await readFile(folder.in('env'), 'utf8')).split('\n').map((line) => line.split('=')[0])
    expect(names).to.include.members(['PATH', 'LC_TIME', 'TZ'])
    // What the shell sets by itself.
    const own = ['', 'PWD', 'OLDPWD', 'SHLVL', '_']
    const allowed = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ']
    expect(
      names.filter((name = '') => ![...own, ...allowed].includes(name) && !name.startsWith('LC_')),
    ).to.deep.equal([])
  })
})
