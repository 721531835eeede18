/** What a person is told of a silence holds whatever the clock counts, and whatever the policy does then. */
import { expect } from 'chai'
import { personSentence } from '../../cli/person-words.ts'
import { statusWords } from '../../db/own/person-status.ts'
import type { Decision } from '../../plan/decision.ts'

describe('the words for a person', () => {
  const now = Date.UTC(2026, 0, 1)
  const said = [
    ...Object.values(statusWords).flatMap(({ what, next }) => [what.en, what.fr, next.en, next.fr]),
    ...(['en', 'fr'] as const).map((lang) =>
      personSentence(toWarn(now) as unknown as Decision, lang, 'Europe/Paris'),
    ),
  ]

  it('do not call a silence one of sign-ins', () => {
    for (const text of said) expect(text).not.to.match(/nobody has signed|personne ne s’est connecté/i)
    expect(said.at(-2)).to.match(/^Your account has not been used for a long time\./)
    expect(said.at(-1)).to.match(/^Votre compte n’a pas été utilisé depuis longtemps\./)
  })

  it('promise no deletion that may be an anonymisation', () => {
    for (const text of said)
      expect(text).not.to.match(/will be deleted|la suppression de|is deleted has begun/)
  })
})

function toWarn(at: number) {
  return { act: 'warn', step: 0, announced: at, dueFrom: at }
}
