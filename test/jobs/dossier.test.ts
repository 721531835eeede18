/** The file on one policy: what it says is what the database and the policies say, and the page is fit to be kept. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { english } from '../../report/words-en.ts'
import { approved } from '../approve.ts'
import { createLab, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'
import { faultsOf } from '../report/html.ts'
import type { Told } from './dossier-told.ts'

describe('the page of the dossier', () => {
  it('asks for no word that is not there', async () => {
    const read = (name: string) => readFile(join(packageRoot(), `templates/report/${name}.hbs`), 'utf8')
    const page = await Promise.all(['dossier', 'backlog'].map(read))
    const asked = [...page.join('').matchAll(/\bw\.([A-Za-z_]+)/g)].map(([, key = '']) => key)
    expect(asked.length).to.be.greaterThan(30)
    expect(asked.filter((key) => !Object.hasOwn(english, key))).to.deep.equal([])
  })
})

eachDatabase('oubli dossier', (open) => {
  let lab: Lab
  before(async () => {
    lab = await createLab(await open(), 50)
    for (const argv of [['migrate'], ['run']]) await lab.oubli(argv)
    await approved(lab, ['--by', 'Déléguée Martin', '--no-backup', 'a site of a test'])
    await lab.oubli(['run'])
  })
  after(() => lab.close())

  const said = async (...argv: string[]) => {
    const found = await lab.oubli(['dossier', ...argv])
    expect(found.exit, found.err).to.equal(0)
    return found.out
  }

  it('says the policy, its reference, who approved it, what it did, and the mail', async () => {
    const text = await said('inactive-accounts', '--lang', 'en')
    expect(text)
      .to.match(/Accounts unused for three years are erased/)
      .and.match(/C01: two years without any act of the person, after a warning \(CNIL/)
      .and.match(/: Déléguée Martin, [0-9a-f]{16}, /)
      .and.match(/End of the file\.$/)
    const json = JSON.parse(await said('inactive-accounts', '--json', '--unmasked')) as {
      runs: { id: string; mails: string }[]
      inForce: string
      mail: { subject: string; text: string }
      policy: { reviewBy: string }
    }
    expect(json.runs).to.have.length(1)
    expect(Number(json.runs[0]?.mails)).to.be.greaterThan(0)
    expect(json.inForce).to.match(/2026/)
    expect(json.mail.text).to.match(/Camille/)
    expect(json.policy.reviewBy).to.match(/2027/)
    const receipt = await lab.oubli(['audit', 'receipt', json.runs[0]?.id ?? ''])
    expect(receipt.out).to.match(/^c2sp\.org\/tlog-proof/)
  })

  it('is a page for a browser and for paper, in both languages, with the look of the report', async () => {
    for (const lang of ['en', 'fr']) {
      const file = join(lab.folder, `dossier-${lang}.html`)
      await said('inactive-accounts', '--html', file, '--lang', lang)
      const html = await readFile(file, 'utf8')
      expect(faultsOf(html), lang).to.deep.equal([])
      expect(html)
        .to.include(`<html lang="${lang}">`)
        .and.match(/@media print/)
        .and.match(/Déléguée Martin/)
      expect(html, lang).not.to.match(/\{\{|undefined|\[object/)
    }
  })

  it('says which dates do not count beside the clock, and why', async () => {
    expect(await said('inactive-accounts', '--lang', 'en')).to.match(
      /What does not count as a sign of life\n {2}orders\.placed_at: Who orders on the site signs in/,
    )
    const cookies = JSON.parse(await said('cookies', '--json')) as Told
    expect(cookies).to.deep.include({ waivers: [], pilots: [] })
    expect(cookies.clock.text).to.equal('Not looked for: the rows of this policy are no people.')
    expect(cookies.firsts[0]?.lines).to.include('There was no backup. Reason given: a site of a test')
  })

  it('leaves out the mail of a policy that warns nobody, and knows no other policy', async () => {
    expect(JSON.parse(await said('cookies', '--json'))).to.include({ mail: '' })
    const wrong = await lab.oubli(['dossier', 'dragons'])
    expect([wrong.exit, wrong.err.split(' ')[0]]).to.deep.equal([2, 'E_POLICY_NAME'])
  })
})
