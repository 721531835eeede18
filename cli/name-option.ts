/** Names of people on the command line. */
import { OubliError } from '../base/errors.ts'

/** Characters that the columns of our tables take. */
const longest = 200

/** The name as it was typed. Throws `OubliError` `E_TOO_LONG`. */
export function nameOption(option: string, text: string): string {
  const found = Array.from(text).length
  if (found <= longest) return text
  throw new OubliError(
    'settings',
    'E_TOO_LONG',
    `${option}: expected a name of at most ${longest} characters, found ${found}`,
    'Write a name or a function, such as DPO; nothing was changed.',
  )
}
