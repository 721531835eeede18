/** Which policies a run looks at. */
import { expect } from 'chai'
import { createLab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { install } from '../engine/installation.ts'
import { siteFiles } from '../engine/site-files.ts'

eachDatabase('a run that only warns', (open) => {
  it('leaves the policies alone that warn nobody, unless one of them is named', async () => {
    const lab = await createLab(await open(), 30)
    const looked = async (...argv: readonly string[]): Promise<readonly string[]> => {
      const said = await lab.oubli(['run', ...argv, '--json'])
      expect(said.exit, said.out + said.err).to.equal(0)
      const { policies } = JSON.parse(said.out) as { policies: readonly { policy: string }[] }
      return policies.map(({ policy }) => policy)
    }
    try {
      await lab.oubli(['migrate'])
      expect(await looked('--only', 'warn')).to.deep.equal(['inactive-accounts'])
      expect(await looked('--only', 'warn', 'deliver')).to.deep.equal(['inactive-accounts'])
      expect(await looked('--only', 'warn', '--policy', 'prospects')).to.deep.equal(['prospects'])
      for (const all of [[], ['--only', 'purge'], ['--only', 'warn', 'purge']])
        expect(await looked(...all)).to.include.members(['inactive-accounts', 'prospects', 'cookies'])
    } finally {
      await lab.close()
    }
  })

  it('says so where no policy warns anybody', async () => {
    const one = await install(await open(), siteFiles, Date.parse('2026-06-01T10:00:00Z'))
    const said = await one.oubli(['run', '--only', 'warn'], { env: { LANG: 'en' } })
    expect(said.exit, said.text).to.equal(0)
    expect(said.text).to.include('why stopped: no policy of this run warns')
    expect((await one.oubli(['run'], { env: { LANG: 'en' } })).text).to.include('observed only')
    await one.close()
  })
})
