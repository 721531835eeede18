/** The view for the account page and `explain`, asked about the same people: no two answers that differ. */
import { expect } from 'chai'
import { setSandboxNow } from '../../db/server-clock.ts'
import { eachDatabase } from '../databases.ts'
import { install, type Installation } from '../engine/installation.ts'
import { insert, sql } from '../engine/lab.ts'
import { warnedSite } from '../mail/warned-site.ts'
import { done } from '../replay/restored-site.ts'
import { startRelay, type Relay } from '../scenarios/relay.ts'

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`)

interface Answer {
  /** State, what and next of each row of the view, as it is read by the person. */
  readonly view: readonly (readonly [state: string, en: string, fr: string])[]
  /** State and sentence of `explain --for-the-person`. */
  readonly explain: readonly [state: string, en: string, fr: string] | null
}

const nobody: Answer['view'] = []
/** Who is who, by key; the words are written out here and taken from nowhere. */
const cast: Readonly<Record<number, Answer>> = {
  // Signed in a month ago.
  1: {
    view: nobody,
    explain: ['active', 'at least until the end of 1 May 2029.', 'jusqu’à la fin du 1er mai 2029.'],
  },
  // Told on 25 June, to go when the notice and the term are over.
  2: {
    view: [
      [
        'warned',
        'We have told you by mail what will become of your data, because your account has not been used for a long time. It stays at least until the announced day. Sign in once before then, and it stays.',
        'Nous vous avons annoncé par courriel ce que deviendront vos données, car votre compte n’a pas été utilisé depuis longtemps. Elles restent au moins jusqu’au jour annoncé. Connectez-vous une fois avant ce jour, et elles restent.',
      ],
    ],
    explain: [
      'warned',
      'told you so by mail. Your data is kept at least until the end of {day}.',
      'annoncé par courriel. Conservation au moins jusqu’à la fin du {day}.',
    ],
  },
  // Told on 25 June, signed in on 2 July.
  3: {
    view: nobody,
    explain: ['active', 'at least until the end of 2 July 2029.', 'jusqu’à la fin du 2 juillet 2029.'],
  },
  // Told, and under a hold since.
  4: {
    view: [
      [
        'held',
        'Your data is kept for now, for a legal reason. Nothing is deleted as long as this reason lasts.',
        'Vos données sont conservées pour le moment, pour une raison juridique. Rien n’est supprimé tant que cette raison dure.',
      ],
    ],
    explain: [
      'held',
      'for a legal reason. Nothing is done as long as',
      'pour une raison juridique. Rien n’est fait tant que',
    ],
  },
  // Signed in in 2099, says the site.
  5: {
    view: nobody,
    explain: [
      'set aside',
      'cannot be right. Somebody looks at it',
      'ne peut pas être juste. Quelqu’un l’examine',
    ],
  },
  // Refused on two days.
  6: {
    view: [
      [
        'not reached',
        'We have tried to write to you, and the mail could not be delivered. Sign in once and correct your address, and your data stays.',
        'Nous avons essayé de vous écrire, et le courriel n’a pas pu être remis. Connectez-vous une fois et corrigez votre adresse, et vos données restent.',
      ],
    ],
    explain: ['unreachable', 'could not be delivered.', 'n’ont pas pu vous être remis.'],
  },
  // Told, and asked to stay on 8 July.
  7: {
    view: [
      [
        'kept',
        'You have asked us to keep your data. The time for which unused data is kept has begun anew on that day. It begins anew as well each time you sign in.',
        'Vous nous avez demandé de conserver vos données. La durée pendant laquelle des données inutilisées sont conservées a recommencé ce jour-là. Elle recommence aussi à chaque connexion.',
      ],
    ],
    explain: [
      'active',
      'You asked us to keep your data: it is kept at least until the end of 8 July 2029.',
      'Vous nous avez demandé de garder vos données : conservation au moins jusqu’à la fin du 8 juillet 2029.',
    ],
  },
  // Told on 1 June, gone on 7 July.
  8: { view: nobody, explain: null },
  // No mail has gone yet: the relay answers nobody about it.
  9: { view: nobody, explain: ['silent', 'We write to you first;', 'Nous vous écrivons d’abord ;'] },
}

const logins: Readonly<Record<number, string>> = {
  ...{ 1: '2026-05-01', 2: '2023-07-20', 3: '2023-07-20', 4: '2023-07-20', 5: '2099-01-01' },
  ...{ 6: '2023-07-20', 7: '2023-07-20', 8: '2023-06-20', 9: '2023-08-06' },
}

eachDatabase('what the view and explain say of one person', (open) => {
  let one: Installation
  let relay: Relay
  before(async function () {
    this.timeout(240_000)
    relay = await startRelay()
    relay.refuse = ['user6@mail.example']
    one = await install(await open(), warnedSite(relay.port), at('2026-06-01'))
    await insert(
      one.database,
      'users',
      Object.entries(logins).map(([id, day]) => ({
        ...{ id: Number(id), email: `user${id}@mail.example`, first_name: `Nom${id}` },
        ...{ last_login_at: `${day} 10:00:00`, created_at: '2015-01-01 10:00:00' },
      })),
    )
    await done(one, 'run')
    await one.approve()
    await done(one, 'run')
    for (const day of ['2026-06-07', '2026-06-13', '2026-06-19', '2026-06-25', '2026-07-01', '2026-07-07']) {
      await setSandboxNow(one.database, at(day))
      if (day === '2026-07-07')
        await sql(one.database, "UPDATE users SET last_login_at = '2026-07-02 10:00:00' WHERE id = 3")
      await done(one, 'run')
    }
    await setSandboxNow(one.database, at('2026-07-08'))
    const hold = ['--matter', 'm', '--because', 'x', '--by', 'DPO', '--review-by', '2027-01-01']
    await done(one, 'hold', 'add', 'account', '4', ...hold)
    await done(one, 'request', 'keep', 'account', '7', '--because', 'phoned', '--by', 'Support')
  })
  after(async () => {
    await relay.close()
    await one.close()
  })

  const viewOf = async (key: string) =>
    await one.database.rows({
      text: 'SELECT state, what_en, next_en, what_fr, next_fr, until_at FROM oubli_person_status WHERE kind = ? AND key_text = ? ORDER BY state',
      values: ['account', `["${key}"]`],
    })
  const explained = async (key: string, lang: string): Promise<{ state: string; next: string } | null> => {
    const said = await one.oubli(['explain', 'account', key, '--for-the-person', '--json', '--lang', lang])
    if (said.exit === 2 && said.text.includes('E_NO_ROW')) return null
    expect(said.exit, said.text).to.equal(0)
    const { policies } = JSON.parse(said.out) as { policies: { state: string; next: string }[] }
    expect(policies).to.have.length(1)
    return policies[0] ?? null
  }
  const plain = (text: string | undefined): string => (text ?? '').replaceAll(/[\u00a0\u202f]/g, ' ')

  for (const [key, { view, explain }] of Object.entries(cast))
    it(`is the same in both languages: ${explain === null ? 'done' : explain[0]} (${key})`, async () => {
      const rows = await viewOf(key)
      expect(
        rows.map((row) => [
          row['state'],
          `${String(row['what_en'])} ${String(row['next_en'])}`,
          plain(`${String(row['what_fr'])} ${String(row['next_fr'])}`),
        ]),
      ).to.deep.equal(view)
      const [en, fr] = [await explained(key, 'en'), await explained(key, 'fr')]
      if (explain === null) {
        expect([en, fr]).to.deep.equal([null, null])
        return
      }
      const [state, english, french] = explain
      const until = rows[0]?.['until_at']
      // The last day before the instant of the view, in Paris.
      const day = (locale: string): string =>
        typeof until !== 'string'
          ? ''
          : new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(
              Date.parse(until) - 1,
            )
      expect([en?.state, fr?.state]).to.deep.equal([state, state])
      expect(plain(en?.next)).to.include(english.replace('{day}', day('en-GB')))
      expect(plain(fr?.next)).to.include(french.replace('{day}', day('fr-FR')))
    })

  it('has a row for nobody else', async () => {
    const rows = await one.database.rows({
      text: 'SELECT key_text FROM oubli_person_status ORDER BY key_text',
      values: [],
    })
    expect(rows.map(({ key_text }) => key_text)).to.deep.equal(['["2"]', '["4"]', '["6"]', '["7"]'])
  })
})
