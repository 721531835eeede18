import { join } from 'node:path'
import { expect } from 'chai'
import type { DataMap } from '../../policies/data-map.ts'
import { describePolicy } from '../../policies/describe.ts'
import { parsePeriod } from '../../policies/period.ts'
import type { Policy, Warn } from '../../policies/policy.ts'
import { readFolder } from './corpus.ts'

const shop = readFolder(join('policies', 'sample-shop'))
const nbsp = '\u00a0'

/** Nobody goes without having been warned. */
const decided: Pick<Warn, 'ifUnreachable' | 'noAddress'> = {
  ifUnreachable: 'a person decides',
  noAddress: 'a person decides',
}

function policy(id: string, change: Partial<Policy> = {}): Policy {
  const found = shop.policies.find((entry) => entry.id === id)
  if (found === undefined) throw new Error(id)
  return { ...found, only: [], notWhile: [], ...change }
}

function both(
  said: Policy,
  policies = shop.policies,
  map: DataMap = shop.dataMap,
): readonly [string, string] {
  return [describePolicy(said, map, 'en', policies), describePolicy(said, map, 'fr', policies)]
}

function term(text: string): Pick<Policy, 'keepAtMost'> {
  const parsed = parsePeriod(text)
  return { keepAtMost: parsed.ok ? parsed.period : null }
}

describe('the plain sentence', () => {
  it('says who goes, after how many mails, and what stays how long', () => {
    const said = policy('inactive-accounts', { but: { invoice: { act: 'archive', under: 'invoices' } } })
    expect(both(said)).to.deep.equal([
      'Accounts unused for three years are erased after three mails, but invoices stay in the archive until ten years after the close of the fiscal year. People whose mails were refused or came back on two different days (90 days after the last) are erased without having been warned.',
      `Les comptes inutilisés depuis trois ans sont effacés après trois courriels, mais les factures restent dans l’archive jusqu’à dix ans après la clôture de l’exercice. Les personnes dont les courriels ont été refusés ou sont revenus deux jours différents (90${nbsp}jours après le dernier) sont effacées sans avoir été averties.`,
    ])
  })

  it('says who goes although no mail reached them, and nothing of whom a person decides about', () => {
    const { warn } = policy('inactive-accounts')
    if (warn === null) throw new Error('the shop warns nobody')
    const said = (more: Partial<Warn>, change: Partial<Policy> = {}): readonly [string, string] => {
      const [en, fr] = both(
        policy('inactive-accounts', { but: {}, warn: { ...warn, ...decided, ...more }, ...change }),
      )
      return [en.split('. ')[1] ?? '', fr.split('. ')[1] ?? '']
    }
    expect(said({})).to.deep.equal(['', ''])
    const aside = { waitDays: 90, finally: 'a person decides' } as const
    expect(said({ invalidAddress: aside, ifUnreachable: { refusals: 2, ...aside } })).to.deep.equal(['', ''])
    const goes = { waitDays: 30, finally: 'erase' } as const
    const all: Partial<Warn> = {
      noAddress: 'erase',
      invalidAddress: goes,
      ifUnreachable: { refusals: 3, waitDays: 1, finally: 'erase' },
    }
    expect(said(all)).to.deep.equal([
      'People who gave no address, people whose address is invalid (30 days later) and people whose mails were refused or came back on three different days (one day after the last) are erased without having been warned.',
      `Les personnes qui n’ont pas donné d’adresse, celles dont l’adresse est invalide (30${nbsp}jours plus tard) et celles dont les courriels ont été refusés ou sont revenus trois jours différents (un jour après le dernier) sont effacées sans avoir été averties.`,
    ])
    expect(said({ invalidAddress: goes }, { then: 'anonymise' })).to.deep.equal([
      'People whose address is invalid (30 days later) are anonymised without having been warned.',
      `Les personnes dont l’adresse est invalide (30${nbsp}jours plus tard) sont anonymisées sans avoir été averties.`,
    ])
    expect(said({ ifUnreachable: { ...goes, refusals: 1 } })[0]).to.match(/came back on one day \(/)
  })

  it('follows an archive to the phase that ends it', () => {
    const said = policy('inactive-accounts', {
      but: { invoice: { act: 'archive', under: 'invoices-active' } },
    })
    expect(both(said)[0]).to.match(/until ten years after the close of the fiscal year\. /)
  })

  it('says only that it is archived when nobody says how long', () => {
    const said = policy('terminated-accounts', { but: { invoice: { act: 'archive', under: null } } })
    expect(both(said, [])).to.deep.equal([
      'Accounts are erased one year after the termination, but invoices move to the archive.',
      'Les comptes sont effacés un an après la résiliation, mais les factures passent dans l’archive.',
    ])
  })

  it('lists everything that leaves otherwise than erased', () => {
    const said = policy('terminated-accounts', {
      but: {
        order: { act: 'detach' },
        invoice: { act: 'keep', because: 'A reason that is long enough.' },
        review: { act: 'anonymise', under: null },
        ticket: { act: 'anonymise', under: null },
        profile: { act: 'erase' },
        'account.referred_by': { act: 'detach' },
      },
    })
    expect(both(said)).to.deep.equal([
      'Accounts are erased one year after the termination, but reviews and support tickets are anonymised, orders stay without a link to the person, invoices stay, and the link referred_by of other accounts is emptied.',
      `Les comptes sont effacés un an après la résiliation, mais les avis et les demandes d’assistance sont anonymisés, les commandes restent sans lien avec la personne, les factures restent et le lien «${nbsp}referred_by${nbsp}» des autres comptes est vidé.`,
    ])
  })

  it('makes French participles agree with the kind, and a mixed list masculine', () => {
    const orders = policy('terminated-accounts', { but: { order: { act: 'anonymise', under: null } } })
    expect(both(orders)[1]).to.match(/les commandes sont anonymisées\.$/)
    expect(both(policy('large-contracts'))[1]).to.equal(
      'Les commandes sont conservées exactement dix ans après la livraison, puis anonymisées.',
    )
  })

  it('says what is only truncated, one column or several', () => {
    expect(both(policy('session-addresses', { fields: ['ip'] }))).to.deep.equal([
      'In sessions, ip is truncated six months after the sign-in.',
      `Dans les sessions, le champ «${nbsp}ip${nbsp}» est tronqué six mois après la connexion.`,
    ])
    expect(both(policy('session-addresses'))).to.deep.equal([
      'In sessions, ip and user_agent are truncated six months after the sign-in.',
      `Dans les sessions, les champs «${nbsp}ip${nbsp}» et «${nbsp}user_agent${nbsp}» sont tronqués six mois après la connexion.`,
    ])
  })

  it('says that consent is withdrawn, with digits above twelve that stay with their noun', () => {
    expect(both(policy('consents'))).to.deep.equal([
      'For consents to cookies, consent is withdrawn 13 months after the choice.',
      `Pour les consentements aux cookies, le consentement est retiré 13${nbsp}mois après le choix.`,
    ])
  })

  it('says an archive and a duty to keep', () => {
    expect(both(policy('invoices-active'))[0]).to.equal(
      'Invoices are moved to the archive two years after the close of the fiscal year.',
    )
    expect(both(policy('invoices', { keepAtMost: null }))).to.deep.equal([
      'Archived invoices are kept for at least ten years after the close of the fiscal year, then erased.',
      'Les factures archivées sont conservées au moins dix ans après la clôture de l’exercice, puis effacées.',
    ])
  })

  it('says what is erased beside an archive that takes a row alone', () => {
    const ended = { data: 'order', countedFrom: 'delivered' }
    expect(both(policy('invoices-active', ended))).to.deep.equal([
      'Orders are moved to the archive two years after delivery, but order lines are erased.',
      'Les commandes sont archivées deux ans après la livraison, mais les lignes de commande sont effacées.',
    ])
    const but = { order: { act: 'archive', under: null } } as const
    expect(both(policy('terminated-accounts', { but }), [])).to.deep.equal([
      'Accounts are erased one year after the termination, but orders move to the archive and order lines are erased.',
      'Les comptes sont effacés un an après la résiliation, mais les commandes passent dans l’archive et les lignes de commande sont effacées.',
    ])
    const cleaned = { ...ended, but: { order_line: { act: 'anonymise', under: null } } } as const
    expect(both(policy('invoices-active', cleaned))[0]).to.match(/, but order lines are anonymised\.$/)
  })

  it('says it of all that hangs on what is erased so, a mixed list masculine', () => {
    const tickets = policy('invoices-active', { data: 'ticket' })
    expect(both(tickets)[0]).to.match(/, but support messages and ticket files are erased\.$/)
    const mixed = { ...shop.dataMap.kinds['ticket_attachment']!, of: 'ticket_message' }
    const map = { ...shop.dataMap, kinds: { ...shop.dataMap.kinds, ticket_attachment: mixed } }
    expect(both(tickets, shop.policies, map)).to.deep.equal(both(tickets))
    expect(both(policy('invoices-active', { data: 'account' }))[1]).to.match(/ sont effacés\.$/)
  })

  it('puts conditions into a second sentence', () => {
    const said = policy('ended-contracts', {
      only: [
        { column: 'total', test: 'below', amount: '120.50' },
        { column: 'buyer', test: 'is one of', values: ['consumer', 'company'] },
      ],
      notWhile: ['under_way'],
    })
    expect(both(said)).to.deep.equal([
      'Orders are anonymised five years after delivery. This applies only where total is below 120.50 and buyer is “consumer” or “company”, and nothing happens while “under_way” is true.',
      `Les commandes sont anonymisées cinq ans après la livraison. Cela ne vaut que si «${nbsp}total${nbsp}» est inférieur à 120,50 et «${nbsp}buyer${nbsp}» vaut «${nbsp}consumer${nbsp}» ou «${nbsp}company${nbsp}», et rien ne se passe tant que «${nbsp}under_way${nbsp}» est vrai.`,
    ])
  })

  it('says in a sentence of its own how long a receipt is given', () => {
    const receipts = { years: 0, months: 2, weeks: 0, days: 0, hours: 0 }
    expect(both(policy('deletion-requests', { but: {}, receipts }))).to.deep.equal([
      'Accounts are erased seven days after the request for deletion. Each person can be given a receipt of it for two months.',
      'Les comptes sont effacés sept jours après la demande de suppression. Chaque personne peut en recevoir un reçu pendant deux mois.',
    ])
    const requests = shop.policies.find(({ id }) => id === 'deletion-requests')!
    expect(both(requests).map((text) => text.split('. ').at(-1))).to.deep.equal([
      'Each person can be given a receipt of it for 60 days.',
      `Chaque personne peut en recevoir un reçu pendant 60${nbsp}jours.`,
    ])
  })

  it('says that a last mail comes, and how long the address is kept for it', () => {
    const { warn } = policy('inactive-accounts')
    const tells: Warn | null =
      warn === null ? null : { ...warn, ...decided, thenTell: { template: 'erased', withinDays: 1 } }
    expect(both(policy('inactive-accounts', { but: {}, notWhile: [], only: [], warn: tells }))).to.deep.equal(
      [
        'Accounts unused for three years are erased after three mails. Each person is told by a last mail when it is done; the address is kept for it, for one day at most.',
        `Les comptes inutilisés depuis trois ans sont effacés après trois courriels. Chaque personne l’apprend ensuite par un dernier courriel${nbsp}; l’adresse est gardée pour lui, un jour au plus.`,
      ],
    )
  })

  it('says one of each in the singular, and joins the units of a period', () => {
    const { warn } = policy('inactive-accounts')
    const once: Warn | null =
      warn === null ? null : { ...warn, ...decided, when: 'at the term', daysBefore: [30] }
    expect(both(policy('inactive-accounts', { but: {}, warn: once, ...term('P1Y1W') }))).to.deep.equal([
      'Accounts unused for one year and one week are erased after one mail, which goes out when that time is over.',
      'Les comptes inutilisés depuis un an et une semaine sont effacés après un courriel, qui part une fois ce délai écoulé.',
    ])
  })

  it('falls back to the names of the data map', () => {
    const cookie = shop.dataMap.kinds['cookie']!
    const events = Object.fromEntries(
      Object.entries(cookie.events).map(([name, event]) => [name, { ...event, label: null }]),
    )
    const map = { ...shop.dataMap, kinds: { cookie: { ...cookie, label: null, events } } }
    expect(both(policy('cookies'), [], map)).to.deep.equal([
      'Data of kind “cookie” are erased 13 months after “first_deposit”.',
      `Les données «${nbsp}cookie${nbsp}» sont effacées 13${nbsp}mois après «${nbsp}first_deposit${nbsp}».`,
    ])
  })

  it('has a sentence for every policy of the sample shop in both languages', () => {
    for (const said of shop.policies) {
      for (const text of both(said)) expect(text, said.id).to.match(/^\p{Lu}[^{}]+\.$/u)
    }
  })
})
