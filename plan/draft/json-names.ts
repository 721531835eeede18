/** The only keys of JSON that are ever told: those of these lists, in the spellings that programs use. */

const spelled = (text: string): readonly string[] => [
  ...new Set(
    text.split(' ').flatMap((word) => {
      const parts = word.split('_')
      const capitals = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      const camel = capitals.join('')
      return [word, parts.join('-'), parts.join(''), [parts[0], ...capitals.slice(1)].join(''), camel]
    }),
  ),
]

/** A person is told by what stands there. */
export const personalNames = spelled(
  'email mail e_mail phone mobile telephone name firstname first_name lastname last_name full_name nickname address ' +
    'street city zip postcode ip ip_address last_ip birthdate birthday birth_date date_of_birth dob user_agent ' +
    'login username user_name iban telephone_number phone_number',
)

/** A person was there then. */
export const signNames = spelled(
  'last_login last_login_at last_log_in login_at last_logon last_sign_in last_sign_in_at signed_in_at last_seen ' +
    'last_seen_at seen seen_at last_active last_active_at last_activity last_activity_at last_visit last_visit_at ' +
    'last_access last_access_at last_online last_connection derniere_connexion',
)

/** What the others may stand in. */
const folders = spelled(
  'user account profile person customer member contact stats statistics activity session auth security meta ' +
    'metadata data settings preferences prefs info details billing shipping delivery invoice',
)

export const toldNames: readonly string[] = [...new Set([...personalNames, ...signNames, ...folders])]

/** The last name of `$.stats.seen`. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

const signs = new Set(signNames.map((name) => name.toLowerCase()))

/** A key of JSON, or a place in it: a person was there then. */
export function isSignOfLife(path: string): boolean {
  return signs.has(lastName(path).toLowerCase())
}
