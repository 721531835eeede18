import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deliveryLine } from '../../cli/delivery-line.ts'
import { words } from '../../cli/words.ts'
import { spareReasons } from '../../plan/decision.ts'
import { lifeStates } from '../../plan/life.ts'
import { approved } from '../approve.ts'
import { eachDatabase } from '../databases.ts'
import { createLab } from './lab.ts'

describe('the words of commands', () => {
  it('are known in French for every reason and every state', () => {
    for (const text of [...spareReasons, ...lifeStates]) {
      expect(words('en', text)).to.equal(text)
      expect(words('fr', text), text).not.to.match(/^\?|[{[]/)
    }
  })

  it('leave out what has no value, and keep French punctuation with its word', () => {
    expect(words('en', 'Kept: {reason}[[, until {day}]].', { reason: 'active', day: '' })).to.equal(
      'Kept: active.',
    )
    const fr = words('fr', 'Kept: {reason}[[, until {day}]].', { reason: 'actif', day: '2027-01-01' })
    expect(fr).to.equal('Gardé\u00a0: actif, jusqu’au 2027-01-01.')
  })
})

describe('the line about mails', () => {
  it('is in the language of the reader, and names those given up only where there are some', () => {
    const summary = { accepted: 3, deferred: 0, rejected: 1, unknown: 2, abandoned: 0, stopped: null }
    const late = { ...summary, abandoned: 4 }
    expect(deliveryLine(summary, 'en')).to.equal('mail: 3 accepted, 0 deferred, 1 refused, 2 unknown')
    expect(deliveryLine(late, 'en')).to.equal(
      'mail: 3 accepted, 0 deferred, 1 refused, 2 unknown, 4 given up',
    )
    expect(deliveryLine(late, 'fr')).to.equal(
      'courriels\u00a0: 3 acceptés, 0 différés, 1 refusés, 2 sans réponse, 4 abandonnés',
    )
  })
})

eachDatabase('with --lang fr', (open) => {
  it('lint, describe, plan, run and explain speak French, and keep the words that scripts look for', async () => {
    const lab = await createLab(await open(), 50)
    try {
      await lab.oubli(['migrate'])
      const said = async (...argv: string[]) => (await lab.oubli([...argv, '--lang', 'fr'])).out
      expect(await said('lint')).to.match(/règles lues/)
      expect(await said('describe')).to.match(/effacé/)
      const plan = await said('plan')
      expect(plan)
        .to.match(/^RÈGLE +ACTION +ÉCHUS/m)
        .and.match(/observe \(version nouvelle\)/)
      expect(plan)
        .to.match(/épargnés, actif\u00a0: \d/)
        .and.match(/oubli approve [0-9a-f]{16}/)
      expect(plan).not.to.match(/spared|anonymise\b|TO WARN/)
      expect(await said('run'))
        .to.match(/^RÈGLE/m)
        .and.match(/^courriels\u00a0: \d+ acceptés/m)
        .and.match(/\nwhy stopped: /)
      expect(await said('explain', 'account', '1')).to.match(
        /: (Gardé|Échu|À prévenir)| (Gardé|Échu|À prévenir)/,
      )
      expect(await said('audit', 'verify')).to.match(/^UNVERIFIED {2}\d+ entrées/m)
    } finally {
      await lab.close()
    }
  })

  it('status, hold and request keep speak French', async () => {
    const lab = await createLab(await open(), 50)
    try {
      await lab.oubli(['migrate'])
      const said = async (...argv: string[]) => (await lab.oubli([...argv, '--lang', 'fr'])).out.split('\n')
      expect(await said('status')).to.deep.equal([
        'Aucune exécution jusqu’ici.',
        'Aucune exécution en cours.',
        'Preuve\u00a0: 0 entrées scellées, 0 en attente.',
      ])
      await lab.oubli(['run'])
      await approved(lab)
      await lab.oubli(['run', '--only', 'warn'])
      const french =
        /^(Aucune exécution en cours\.|(?:Dernière exécution|La dernière qui a (?:averti|effacé))\u00a0: [-:.TZ\d]+, terminée \(.*(est fait|est faite|modifié).*\)|Preuve\u00a0: .* en attente\.|Courriels\u00a0: \d+ en attente\.|Retard, .* au plus tard\.)$/
      const status = await said('status')
      expect(status).to.have.length.above(4)
      for (const text of status) expect(text).to.match(french)
      const typed = ['--matter', 'm', '--because', 'b', '--by', 'DPO', '--review-by', '2027-05-01']
      const [set = ''] = await said('hold', 'add', 'account', '1', ...typed)
      expect(set).to.match(/^Le gel [0-9a-f]{32} est posé\.$/)
      const listed = await said('hold', 'list')
      expect(listed[0]).to.match(/^GEL +CATÉGORIE +AFFAIRE +POSÉ LE +À RÉEXAMINER LE$/)
      expect(listed.at(-1)).to.equal('1 gel(s) en vigueur')
      const id = /[0-9a-f]{32}/.exec(set)?.[0] ?? ''
      expect(await said('hold', 'release', id, '--by', 'DPO')).to.deep.equal([`Le gel ${id} est levé.`])
      const kept = await said('request', 'keep', 'account', '1', '--because', 'b', '--by', 'Support')
      expect(kept[0]).to.match(/^ {2}inactive-accounts\u00a0: conservation au moins jusqu’à la fin du \d{4}-/)
      expect(kept.at(-1)).to.match(/^La demande [0-9a-f]{32} est enregistrée\u00a0; tout avertissement/)
    } finally {
      await lab.close()
    }
  })

  it('a broken policy is told in the same French by every command that reads the policies', async () => {
    const lab = await createLab(await open(), 50)
    try {
      await lab.oubli(['migrate'])
      await writeFile(join(lab.folder, 'policies/broken.yml'), 'policy: broken\nkeep_at_most: 3y\n')
      const told = async (...argv: string[]) => {
        const said = await lab.oubli(argv)
        expect(said.exit, argv.join(' ')).to.equal(2)
        return said.err
      }
      const english = await told('plan')
      const french = await told('plan', '--lang', 'fr')
      expect(french)
        .to.match(/^E_POLICIES {2}/)
        .and.not.equal(english)
      const typed = ['--because', 'b', '--by', 'DPO']
      for (const argv of [
        ['run'],
        ['run', '--policy', 'cookies', '--pilot', '10'],
        ['approve', '00000000'],
        ['hold', 'add', 'account', '1', '--matter', 'm', '--review-by', '2027-05-01', ...typed],
        ['request', 'keep', 'account', '1', ...typed],
        ['mail', 'deliver'],
        ['grants', '--print'],
        ['replay'],
      ])
        expect(await told(...argv, '--lang', 'fr'), argv.join(' ')).to.equal(french)
    } finally {
      await lab.close()
    }
  })
})
