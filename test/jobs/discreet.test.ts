/** A site that may not be named: what would name it stops every command that could send a mail. */
import { expect } from 'chai'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation, type SiteFiles } from '../engine/installation.ts'
import { insert } from '../engine/lab.ts'
import { silent } from '../mail/bounces-site.ts'
import { warnedSite } from '../mail/warned-site.ts'

const neutral =
  'discreet: { name: Account service, url: "https://accounts.example", contact: hello@accounts.example }'

function discreetSite(from: string | null): SiteFiles {
  const { tables, dataMap, policies, mail } = warnedSite(2525)
  const [name = '', policy = ''] = Object.entries(policies)[0] ?? []
  return {
    tables,
    dataMap: dataMap.replace('url: https://site.example }', `url: https://site.example, ${neutral} }`),
    policies: {
      [name]: policy.replace('  template: inactivity-warning', '$&\n  variant: discreet'),
    },
    // Over SMTP the settings already ask for the address.
    mail:
      from === null
        ? { transport: 'files', folder: '../mails' }
        : { ...mail, from: { name: 'Accounts', address: from } },
  }
}

eachDatabase('a site with discreet mails', (open) => {
  let one: Installation
  const begin = async (from: string | null): Promise<void> => {
    one = await install(await open(), discreetSite(from), Date.parse('2026-06-01T10:00:00Z'))
    await insert(one.database, 'users', [silent(1)])
  }
  afterEach(() => one.close())

  it('is not run with a layout that names it', async () => {
    await begin('notices@accounts.example')
    const templates = join(one.folder, 'templates')
    await cp(join(packageRoot(), 'templates'), templates, { recursive: true })
    const instead = { env: { OUBLI_TEMPLATES: templates } }
    expect((await one.oubli(['plan'], instead)).text).not.to.contain('E_TEMPLATE')
    const layout = join(templates, 'layout.html.hbs')
    const text = await readFile(layout, 'utf8')
    await writeFile(layout, text.replace('<body>', '<body><p>Petit Site <img src="https://a.example/p"></p>'))
    for (const words of [
      ['lint'],
      ['plan'],
      ['approve', '0'.repeat(64), '--by', 'DPO'],
      ['run'],
      ['mail', 'deliver'],
    ]) {
      const said = await one.oubli(words, instead)
      expect(said.exit, said.text).to.equal(2)
      expect(said.text, words.join(' ')).to.contain('E_TEMPLATE_TELLS').and.to.contain('E_TEMPLATE_SUSPECT')
    }
  })

  it('is told by doctor that the address for bounces gives it away, and only then', async () => {
    await begin('notices@petit-site.example')
    expect((await one.oubli(['doctor'])).text).to.contain('gives away "Petit Site"')
    await one.close()
    await begin('notices@accounts.example')
    expect((await one.oubli(['doctor'])).text).not.to.contain('gives away')
  })

  it('sends nothing without an address for bounces', async () => {
    await begin(null)
    await one.oubli(['run'])
    await one.approve()
    const said = await one.oubli(['run'])
    expect(said.text).to.contain('E_NO_SENDER')
    expect(said.exit).not.to.equal(0)
  })
})
