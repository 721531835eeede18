/** The forms of the fields that a log event can have: none is one that a personal value fits. */

/** `count`: a whole number, zero or more. The others are text of the form below. */
export type FieldType = 'count' | 'name' | 'id' | 'code' | 'instant' | 'words' | 'fault' | 'ref' | 'frames'

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
].join('|')

const part = [
  '[a-z0-9(][a-z0-9,;:()_-]*',
  // Codes and signals.
  '[A-Z][A-Z0-9_]+[,;:]?',
  // Shares.
  '\\d{1,3}(?:\\.\\d{1,3})? %',
  // Only as part of a whole day: April and May are first names, too.
  `\\d{1,2} (?:${months}) \\d{4}[,;:]?`,
  '`oubli [a-z]+`[,;:]?',
].join('|')

export const fieldPatterns: Readonly<Record<Exclude<FieldType, 'count'>, RegExp>> = {
  /** Policies, jobs, tables, hosts' parts: no spaces, no at sign. */
  name: /^[\p{L}\p{N}_$.-]{1,130}$/u,
  id: /^[0-9A-Za-z-]{1,64}$/,
  /** Of errors: ours, a driver's, a server's. */
  code: /^[A-Za-z][A-Za-z0-9_.-]{0,60}$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z$/,
  /** Phrases of our own, with counts, days and codes; no capitalised name and no address. */
  words: new RegExp(`^(?=.{1,500}$)(?:${part})(?: (?:${part}))*$`),
  /** Why a row was set aside: a code of the database, or one of ours. */
  fault: /^(?:[A-Za-z][A-Za-z0-9_.-]{0,60}|too heavy|unreadable json)$/,
  /** A keyed name of a row, as `shortRef` makes it. */
  ref: /^[\p{L}\p{N}_.-]{1,60}#[0-9a-f]{12}$/u,
  /** Places in the program: function, file, line. */
  frames: /^(\s+at [^\n@]{1,300}(\n|$)){1,50}$/,
}
