/** The people whom the demo and the tests follow. They are the first rows of `users`, whatever the seed. */

export interface CastMember {
  /** `users.id`. */
  readonly id: number
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly locale: 'fr' | 'en'
  /** What the seeded rows say of this person, and what the story does with it. */
  readonly story: string
}

function person(
  id: number,
  name: string,
  locale: 'fr' | 'en',
  story: string,
  email = `${plain(name.split(' ')[0] ?? '')}@example.org`,
): CastMember {
  const [firstName = '', ...rest] = name.split(' ')
  return { id, firstName, lastName: rest.join(' '), email, locale, story }
}

/** Lower case without accents, for the part of an address before the @. */
export function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

export const cast = {
  ada: person(1, 'Ada Whitcombe', 'en', 'active: signed in this week'),
  bram: person(2, 'Bram Vermeer', 'en', 'silent for 35 months: warned before the term'),
  chloe: person(3, 'Chloé Martin', 'fr', 'silent for 37 months, with orders, invoices and reviews'),
  dov: person(4, 'Dov Levin', 'en', 'silent for four years: a hold will keep the account'),
  emi: person(5, 'Emi Tanaka', 'en', 'silent for 38 months: comes back after the warning'),
  farid: person(6, 'Farid Amrani', 'fr', 'silent for 40 months; mail is refused', 'farid@refused.example'),
  gil: person(7, 'Gil Rousseau', 'fr', 'terminated by the shop 14 months ago'),
  hana: person(8, 'Hana Kovac', 'en', 'asked for deletion eight days ago'),
  ines: person(9, 'Inès Bernard', 'fr', 'never signed in; account created five years ago'),
  jan: person(10, 'Jan de Wit', 'en', 'an administrator, silent for five years: excepted by role'),
  canary: person(11, 'Canary Account', 'en', 'always active: if it is ever due, the plan is wrong'),
  kira: person(12, 'Kira Olsen', 'en', 'last sign-in lies in the future: cannot be true, so kept'),
  lou: person(13, 'Lou Petit', 'fr', 'silent for 40 months, with an order under way'),
  mona: person(14, 'Mona Girard', 'fr', 'silent for 39 months; the address is empty', ''),
  noa: person(15, 'Noa Stern', 'en', 'last sign-in before the shop existed: cannot be true, so kept'),
  omar: person(16, 'Omar Haddad', 'fr', 'last sign-in four years ago, but the phone app was used last week'),
  pia: person(17, 'Pia Lindqvist', 'en', 'silent for 38 months, but the data are restricted (Article 18)'),
} as const satisfies Record<string, CastMember>

export type CastName = keyof typeof cast

export const castNames = Object.keys(cast) as readonly CastName[]

export const castMembers: readonly CastMember[] = castNames.map((name) => cast[name])
