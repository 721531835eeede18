/** Settings of mails that have a section of their own: what comes back, and how many leave at first. */
import { z } from 'zod'
import { path, section, text, whole } from './setting-parts.ts'

const percent = (description: string) => whole(1, 100, description)

export const bouncesSection = section('Mails that come back.', {
  folder: path(
    {
      description:
        'Folder or Maildir with the mails of the mailbox that gets bounces; every delivery reads it first, and so does every run that sends or erases. What was read moves into `done` or `other` in it, and is removed from `done` after `kept_days`; `other` is for a person to read.',
    },
    'a folder',
  ).optional(),
  kept_days: whole(
    1,
    366,
    'Days after which a mail that was taken in is removed from `done`: it holds the address of a person. What is older in `other` is counted, for a person to read and remove.',
  ).default(30),
  none_because: text({
    description:
      'Why no bounce can come back to Oubli. Without it a policy that warns is not approved before a test bounce came back (`oubli mail selftest`). Every report shows the reason.',
    expects: 'a reason in a sentence',
  }).optional(),
})

export const warmUpSection = section(
  'How many mails leave in a day while a relay gets used to them. Off unless `first_day` is set. Reminders and mails after an erasure always leave; first mails get what is left of the day.',
  {
    first_day: whole(
      1,
      1_000_000,
      'Mails on the first day, and at least on any later one. Days are those of UTC.',
    ).optional(),
    growth: z.coerce
      .number()
      .min(1)
      .max(10)
      .meta({
        description: 'The next day may bring so many times the mails of the best of the last seven days.',
        expects: 'a number from 1 to 10, such as 1.5',
      })
      .default(1.5),
    daily_cap: whole(1, 10_000_000, 'Mails in a day at most, whatever the growth.').default(20_000),
    pause_above: section(
      'No first mail leaves while one of these shares of the last seven days is above it.',
      {
        hard_bounces_percent: percent(
          'Mails that were refused for good, at once or in a report that came back.',
        ).default(2),
        deferrals_percent: percent('Mails that wait because they were put off.').default(10),
      },
    ).prefault({}),
  },
)

export interface BounceSettings {
  /** Absolute. Null: not read by the scheduler. */
  readonly folder: string | null
  /** What was read is removed after so many days. */
  readonly keptDays: number
  readonly noneBecause: string | null
}

export interface WarmUpSettings {
  readonly firstDay: number
  readonly growth: number
  readonly dailyCap: number
  readonly pauseAbove: { readonly hardBouncesPercent: number; readonly deferralsPercent: number }
}

export interface MailSettings {
  readonly transport: 'smtp' | 'files'
  /** Absolute. */
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none-on-loopback'
  readonly user: string | null
  /** Read on use, hidden from JSON and inspection; absent: no password. May throw an OubliError. */
  readonly password?: string
  /** Set whenever the transport is `smtp`. */
  readonly from: { readonly name: string | null; readonly address: string | null }
  readonly replyTo: string | null
  readonly perMinute: number
  readonly connections: number
  readonly language: 'en' | 'fr'
  readonly bounces: BounceSettings
  /** Null: off. */
  readonly warmUp: WarmUpSettings | null
  /** A mailbox of the operator that gets a mail in each delivery; null: none. */
  readonly canary: string | null
}

/** Null: off. */
export function warmUpFrom(set: z.output<typeof warmUpSection>): WarmUpSettings | null {
  if (set.first_day === undefined) return null
  return {
    firstDay: set.first_day,
    growth: set.growth,
    dailyCap: set.daily_cap,
    pauseAbove: {
      hardBouncesPercent: set.pause_above.hard_bounces_percent,
      deferralsPercent: set.pause_above.deferrals_percent,
    },
  }
}
