/** What the grammar of the settings is made of: the few types of a key, each with what a message says of it. */
import { z } from 'zod'

/** What a key carries beside its type. `path`: resolved against the settings file's folder. */
export interface KeyNotes {
  readonly description: string
  /** What a person should write, for messages and the reference. */
  readonly expects: string
  readonly path?: true
  /** Name of the credential that systemd may hand over instead. */
  readonly credential?: string
  /** The environment may hold the secret itself, in the variable without `_FILE`. */
  readonly secretInEnvironment?: true
}

export const text = (notes: KeyNotes) =>
  z
    .string()
    .min(1)
    .meta({ ...notes })
export const path = (notes: Omit<KeyNotes, 'expects' | 'path'>, expects = 'a path') =>
  text({ ...notes, expects, path: true })
export const whole = (min: number, max: number, description: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ description, expects: `a whole number from ${min} to ${max}` })
export const choice = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z.enum(values).meta({ description, expects: `one of ${values.join(', ')}` })
export const cron = (description: string) => text({ description, expects: 'five cron fields' })
export const section = <T extends z.ZodRawShape>(description: string, shape: T) =>
  z.strictObject(shape).meta({ description, expects: 'a section' })
