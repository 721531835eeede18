/**
 * The view for the account page, for support and for requests of access: what our tables know of a person, in plain
 * words. It copies nothing and cannot grow stale. Dates stay instants: days are civil, and no SQL computes them.
 */
import type { Dialect } from '../session.ts'

interface Words {
  readonly what: { readonly en: string; readonly fr: string }
  readonly next: { readonly en: string; readonly fr: string }
}

/** No sentence says what only a judgement can know: whether somebody is due, or until which day. */
export const statusWords = {
  held: {
    what: {
      en: 'Your data is kept for now, for a legal reason.',
      fr: 'Vos données sont conservées pour le moment, pour une raison juridique.',
    },
    next: {
      en: 'Nothing is deleted as long as this reason lasts.',
      fr: 'Rien n’est supprimé tant que cette raison dure.',
    },
  },
  warned: {
    what: {
      en: 'We have told you by mail what will become of your data, because your account has not been used for a long time.',
      fr: 'Nous vous avons annoncé par courriel ce que deviendront vos données, car votre compte n’a pas été utilisé depuis longtemps.',
    },
    next: {
      en: 'It stays at least until the announced day. Sign in once before then, and it stays.',
      fr: 'Elles restent au moins jusqu’au jour annoncé. Connectez-vous une fois avant ce jour, et elles restent.',
    },
  },
  writing: {
    what: {
      en: 'We are writing to you, because your account has not been used for a long time.',
      fr: 'Nous vous écrivons, car votre compte n’a pas été utilisé depuis longtemps.',
    },
    next: {
      en: 'The mail will name the day. Sign in once, and your data stays.',
      fr: 'Le courriel indiquera le jour. Connectez-vous une fois, et vos données restent.',
    },
  },
  'not reached': {
    what: {
      en: 'We have tried to write to you, and the mail could not be delivered.',
      fr: 'Nous avons essayé de vous écrire, et le courriel n’a pas pu être remis.',
    },
    next: {
      en: 'Sign in once and correct your address, and your data stays.',
      fr: 'Connectez-vous une fois et corrigez votre adresse, et vos données restent.',
    },
  },
  kept: {
    what: {
      en: 'You have asked us to keep your data.',
      fr: 'Vous nous avez demandé de conserver vos données.',
    },
    next: {
      en: 'The time for which unused data is kept has begun anew on that day. It begins anew as well each time you sign in.',
      fr: 'La durée pendant laquelle des données inutilisées sont conservées a recommencé ce jour-là. Elle recommence aussi à chaque connexion.',
    },
  },
} as const satisfies Readonly<Record<string, Words>>

export type StatusState = keyof typeof statusWords

const later = `later.policy = w.policy AND later.kind = w.kind AND later.key_text = w.key_text
    AND (later.cycle > w.cycle OR (later.cycle = w.cycle AND (later.round > w.round
      OR (later.round = w.round AND later.step > w.step))))`
const notHeld = (row: 'w' | 'k'): string => `NOT EXISTS (SELECT 1 FROM oubli_hold h
    WHERE h.kind = ${row}.kind AND h.key_text = ${row}.key_text AND h.released_at IS NULL)`

/**
 * One row for each person and policy that has warned or tries to, and one for a hold or a request of the person. A
 * request is not shown beside a hold, nor once a later mail says more.
 */
export function personStatusView(dialect: Dialect): string {
  const verb = dialect.name === 'sqlite' ? 'CREATE VIEW IF NOT EXISTS' : 'CREATE OR REPLACE VIEW'
  return `${verb} oubli_person_status AS
SELECT w.kind AS kind, w.key_text AS key_text, w.subject_id AS subject_id, w.policy AS policy, 'warned' AS state,
  w.accepted_at AS since, w.announced AS until_at, ${sentences('warned')}
FROM oubli_warning w
WHERE w.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM oubli_warning later WHERE later.state = 'accepted'
    AND ${later}) AND ${notHeld('w')}
UNION ALL ${unheard('writing', "IN ('open', 'unknown')")}
UNION ALL ${unheard('not reached', "NOT IN ('open', 'unknown', 'accepted')")}
UNION ALL SELECT h.kind, h.key_text, ${subjectOf(dialect, 'h.key_text')}, NULL, 'held', MIN(h.set_at), NULL,
  ${sentences('held')}
FROM oubli_hold h WHERE h.released_at IS NULL GROUP BY h.kind, h.key_text
UNION ALL SELECT k.kind, k.key_text, ${subjectOf(dialect, 'k.key_text')}, NULL, 'kept', MAX(k.kept_at), NULL,
  ${sentences('kept')}
FROM oubli_kept k WHERE k.because <> '' AND ${notHeld('k')} AND NOT EXISTS (SELECT 1 FROM oubli_warning w
    WHERE w.kind = k.kind AND w.key_text = k.key_text AND w.queued_at > k.kept_at)
GROUP BY k.kind, k.key_text`
}

/** The newest mail of somebody to whom none was delivered. */
function unheard(state: StatusState, mails: string): string {
  return `SELECT w.kind, w.key_text, w.subject_id, w.policy, '${state}', w.queued_at, NULL,
  ${sentences(state)}
FROM oubli_warning w
WHERE w.state ${mails} AND ${notHeld('w')} AND NOT EXISTS (SELECT 1 FROM oubli_warning later
    WHERE ${later})
  AND NOT EXISTS (SELECT 1 FROM oubli_warning told WHERE told.policy = w.policy AND told.kind = w.kind
    AND told.key_text = w.key_text AND told.state = 'accepted')`
}

function sentences(state: StatusState): string {
  const { what, next } = statusWords[state]
  return `'${what.en}' AS what_en, '${what.fr}' AS what_fr, '${next.en}' AS next_en, '${next.fr}' AS next_fr`
}

/** As `oubli_warning` has it: the key itself where it is one column. */
function subjectOf(dialect: Dialect, key: string): string {
  const [length, first] =
    dialect.name === 'sqlite'
      ? [`json_array_length(${key})`, `json_extract(${key}, '$[0]')`]
      : [`JSON_LENGTH(${key})`, `JSON_UNQUOTE(JSON_EXTRACT(${key}, '$[0]'))`]
  return `CASE WHEN ${length} = 1 THEN ${first} ELSE ${key} END`
}
