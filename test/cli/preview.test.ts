/** `oubli mail preview`: any variant of any mail, from the files alone. */
import { expect } from 'chai'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { inProcess, type Said } from './lab.ts'

describe('oubli mail preview', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oubli-preview-'))
    await cp(join(packageRoot(), 'policies/sample-shop'), join(folder, 'policies'), { recursive: true })
    const settings = {
      database: { sqlite: 'never-opened.db' },
      policies: 'policies',
      evidence: { folder: 'evidence', origin: 'boutique.example/oubli' },
      mail: { from: { name: 'Boutique', address: 'notices@boutique.example' } },
    }
    await writeFile(join(folder, 'oubli.yml'), JSON.stringify(settings))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const preview = (...argv: readonly string[]): Promise<Said> =>
    inProcess(folder, ['mail', 'preview', ...argv, '--config', 'oubli.yml'])

  async function edit(name: string, old: string, by: string): Promise<void> {
    const path = join(folder, 'policies', name)
    const text = await readFile(path, 'utf8')
    expect(text).to.contain(old)
    await writeFile(path, text.replace(old, by))
  }

  it('shows the full mail, and a bare one that says nothing of the person', async () => {
    const full = (await preview('--lang', 'fr')).out
    expect(full).to.contain('From: Boutique <notices@boutique.example>').and.to.contain('Bonjour Camille,')
    const bare = (await preview('inactive-accounts', '--variant', 'bare', '--lang', 'fr')).out
    expect(bare).to.contain('Bonjour,\n').and.to.contain('Ce message vous est adressé par Boutique.')
    expect(bare).not.to.contain('Camille')
  })

  it('prints the HTML alone, fit for a browser', async () => {
    const { out } = await preview('--variant', 'bare', '--lang', 'fr', '--html')
    expect(out).to.match(/^<!doctype html>\n<html lang="fr">/)
  })

  it('says what a discreet mail and a last mail need, and shows them then', async () => {
    expect((await preview('--variant', 'discreet')).err).to.match(/^E_DISCREET_WITHOUT_NAME /)
    expect((await preview('--last')).err).to.match(/^E_NO_LAST_MAIL /)
    expect((await preview('--variant', 'loud')).exit).to.equal(2)
    await edit(
      'data-map.yml',
      'site: { name: Boutique, url: https://boutique.example }',
      'site:\n  name: Boutique\n  url: https://boutique.example\n  discreet: { name: Account service, url: https://accounts.example, contact: hello@accounts.example }',
    )
    await edit(
      'inactive-accounts.yml',
      '  no_address: a person decides',
      '  no_address: a person decides\n  variant: discreet\n  then_tell: { template: erased, within: 5 days }',
    )
    const said = await preview()
    expect(said.out, said.err).to.contain('From: Account service <hello@accounts.example>')
    expect(said.out)
      .to.contain('Subject: Account service: sign in by')
      .and.not.match(/boutique/i)
    const last = await preview('--last')
    expect(last.out, last.err).to.contain('Subject: Account service: your account has been deleted')
    expect(last.out).not.to.match(/boutique/i)
    expect((await preview('--variant', 'full')).out).to.contain('Hello Camille')
  })

  it('is refused by lint when the neutral names are not neutral, or a template writes the name out', async () => {
    const lint = () => inProcess(folder, ['lint', '--config', 'oubli.yml'])
    expect((await lint()).exit).to.equal(0)
    await edit('data-map.yml', 'https://accounts.example', 'https://boutique-accounts.example')
    expect((await lint()).out).to.contain('E_DISCREET_TELLS')
    await edit('data-map.yml', 'https://boutique-accounts.example', 'https://accounts.example')
    await cp(join(packageRoot(), 'templates'), join(folder, 'templates'), { recursive: true })
    const path = join(folder, 'templates/en/erased.txt.hbs')
    await writeFile(path, `${await readFile(path, 'utf8')}\nYour boutique`)
    const settings = JSON.parse(await readFile(join(folder, 'oubli.yml'), 'utf8')) as object
    await writeFile(join(folder, 'oubli.yml'), JSON.stringify({ ...settings, templates: 'templates' }))
    expect((await lint()).out).to.contain('E_TEMPLATE_TELLS')
  })
})
