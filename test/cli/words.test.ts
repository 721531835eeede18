import { expect } from 'chai'
import { words } from '../../cli/words.ts'
import { spareReasons } from '../../plan/decision.ts'
import { lifeStates } from '../../plan/life.ts'
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
        .and.match(/\nwhy stopped: /)
      expect(await said('explain', 'account', '1')).to.match(
        /: (Gardé|Échu|À prévenir)| (Gardé|Échu|À prévenir)/,
      )
      expect(await said('audit', 'verify')).to.match(/^UNVERIFIED {2}\d+ entrées/m)
    } finally {
      await lab.close()
    }
  })
})
