/**
 * What can be set, with default and description; `docs/settings.md` and the names of the environment
 * variables are made from this. Below it, what the rest of the program is given.
 */
import { z } from 'zod'
import { keptForm } from './kept.ts'
import { bouncesSection, warmUpSection, type MailSettings } from './mail-settings.ts'
import { paceSection, type PaceSettings } from './pace-settings.ts'
import { choice, cron, path, section, text, whole } from './setting-parts.ts'

export type { MailSettings } from './mail-settings.ts'

const address = 'a mail address'

const mysql = section("A MySQL or MariaDB server: the site's own.", {
  host: text({ description: 'Name or address of the server.', expects: 'a host name' }).default('127.0.0.1'),
  port: whole(1, 65535, 'TCP port.').default(3306),
  socket: path({ description: 'Unix socket; used instead of host and port.' }).optional(),
  user: text({ description: 'Account of the database.', expects: 'an account name' }),
  password_file: path({
    description:
      'File that holds the password and nothing else; only its owner may read it. It is read for each new connection.',
    credential: 'mysql_password',
    secretInEnvironment: true,
  }).optional(),
  database: text({ description: 'Schema of the site.', expects: 'a schema name' }),
  tls: section('Encryption. Always on for a server that is not on this host.', {
    ca_file: path({
      description: 'Certificate authorities in PEM; without it those of the system.',
    }).optional(),
  }).prefault({}),
})

const database = section("The site's database: either sqlite or mysql.", {
  sqlite: path({ description: 'File of an SQLite database.' }).optional(),
  mysql: mysql.optional(),
  own_schema: z
    .string()
    .regex(/^(?!(?:mysql|sys|information_schema|performance_schema)$)[\w$-]{1,64}$/i)
    .meta({
      description:
        'Schema of the tables of Oubli on the same server, MySQL or MariaDB; it must exist, and belongs to this site alone. Default: that of the site. It belongs in the same backup as the site.',
      expects: 'the name of a schema that is not one of the server itself',
    })
    .optional(),
})

const evidence = section('What proves the work later.', {
  folder: path({
    description: 'Folder of the log and its signed checkpoints; copy it off this host.',
  }).default('./evidence'),
  origin: z
    .string()
    .regex(/^[^\s+]{1,200}$/)
    .meta({
      description:
        'Name of the log and of its key, best a host and a path of your own. Not to be changed later.',
      expects: 'a name without spaces and plus signs, such as boutique.example/oubli',
    })
    .default('oubli'),
  signing_key_file: path({
    description: 'Key that signs the checkpoints. `oubli migrate` makes it; keep a copy off this host.',
    credential: 'signing_key',
  }).default('./keys/signing-key'),
  secret_file: path({
    description:
      'Secret of the tombstones and hashes. `oubli migrate` makes it; without it no erased person is recognised after a restore.',
    credential: 'evidence_secret',
  }).default('./keys/secret'),
  verifier_key: z
    .string()
    .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/)
    .meta({
      description:
        'Public key that checks the checkpoints, as `oubli migrate` printed it. Best kept by whoever checks.',
      expects: 'a verifier key: name+id+base64',
    })
    .optional(),
  waiting_at_most: whole(
    1000,
    10_000_000,
    'Entries that may wait to be sealed, and people who may wait to be told to the ledger; above it nothing is erased until they are.',
  ).default(50_000),
  sinks: section('Where the newest checkpoint goes after each run: at least one place off this host.', {
    folder: path(
      { description: 'A folder on another host; one file for each checkpoint.' },
      'a folder',
    ).optional(),
    mail: z
      .email()
      .meta({ description: 'Somebody who keeps the mails, best the DPO.', expects: 'a mail address' })
      .optional(),
    command: path({
      description:
        'A program that gets the checkpoint on its standard input; it is started without a shell, with PATH, HOME, TZ, TMPDIR and the language as its only variables.',
    }).optional(),
  }).prefault({}),
  tombstones_kept: z
    .string()
    .regex(keptForm)
    .meta({
      description:
        'How long erased people and sent mails are recognised after a restored backup; longer than your oldest backup.',
      expects: 'a time such as 90 days, 18 months or 3 years',
    })
    .default('3 years'),
})

const mail = section('How warnings leave.', {
  transport: choice(['smtp', 'files'], '`files` writes mails into a folder instead of sending them.').default(
    'files',
  ),
  folder: path({ description: 'Folder of the mails for the transport `files`.' }).default('./mails'),
  host: text({ description: 'Relay for the transport `smtp`.', expects: 'a host name' }).default('127.0.0.1'),
  port: whole(1, 65535, 'TCP port of the relay.').default(587),
  tls: choice(
    ['implicit', 'starttls', 'none-on-loopback'],
    '`implicit`: from the first byte (port 465). `starttls`: required before anything is said. `none-on-loopback`: only for a relay on this host.',
  ).default('starttls'),
  user: text({ description: 'Account at the relay.', expects: 'an account name' }).optional(),
  password_file: path({
    description: 'File that holds the password of the relay; only its owner may read it.',
    credential: 'smtp_password',
    secretInEnvironment: true,
  }).optional(),
  from: section('Sender of the warnings.', {
    name: text({ description: 'Name of the sender.', expects: 'a name' }).optional(),
    address: z.email().meta({ description: 'Address of the sender.', expects: address }).optional(),
  }).prefault({}),
  reply_to: z
    .email()
    .meta({ description: 'A mailbox that somebody reads; people do answer.', expects: address })
    .optional(),
  per_minute: whole(1, 600_000, 'Mails a minute at most, of all hosts together.').default(60),
  connections: whole(1, 50, 'Connections to the relay at most, of each process.').default(5),
  language: choice(['en', 'fr'], 'Language for people whose own is not known.').default('en'),
  bounces: bouncesSection.prefault({}),
  warm_up: warmUpSection.prefault({}),
  canary: z
    .email()
    .meta({
      description:
        'A mailbox of yours. Each delivery ends with a mail to it; while that is not taken, no refusal counts.',
      expects: address,
    })
    .optional(),
})

const schedule = section('When `oubli schedule` works.', {
  zone: text({ description: 'Zone of the times below.', expects: 'a zone such as Europe/Paris' }).default(
    'UTC',
  ),
  warn: cron('When people are warned: at hours when they can ask.').default('0 9 * * 1-4'),
  deliver: cron('When waiting mails are tried.').default('*/5 * * * *'),
  purge: cron('When what is due goes.').default('30 4 * * *'),
  verify: cron('When the evidence is checked.').default('0 6 * * *'),
})

export const settingsSchema = section('The settings of Oubli.', {
  database: database.prefault({}),
  policies: path({ description: 'Folder of the policies.' }, 'a folder').default('./policies'),
  data_map: path({
    description: 'The data map. Default: data-map.yml in the folder of the policies.',
  }).optional(),
  templates: path({ description: 'Folder of the mail templates. Default: those of the package.' }).optional(),
  evidence: evidence.prefault({}),
  mail: mail.prefault({}),
  schedule: schedule.prefault({}),
  limits: section('What one run may take.', {
    run_minutes: whole(1, 1440, 'A run ends after this time; the rest waits for the next.').default(60),
  }).prefault({}),
  pace: paceSection.prefault({}),
  log: section('What the program says while it works.', {
    format: choice(['text', 'json'], '`text` for people, `json` for machines: one object a line.').default(
      'text',
    ),
    level: choice(['error', 'warn', 'info', 'debug'], 'The least important events that are written.').default(
      'info',
    ),
    file: path({ description: 'Also written to this file, made anew when it was moved away.' }).optional(),
  }).prefault({}),
  heartbeat_file: path({
    description: 'Written at every wake-up of `oubli schedule`; a monitor looks at its age.',
  }).optional(),
})

/** Settings as they stand in the file, defaults filled in. */
export type SettingsText = z.output<typeof settingsSchema>

export interface MysqlSettings {
  readonly client: 'mysql'
  readonly host: string
  readonly port: number
  readonly socketPath?: string
  readonly user: string
  /** Read on use, hidden from JSON and inspection; absent: no password. May throw an OubliError. */
  readonly password?: string
  readonly database: string
  /** Schema of our own tables; left out: the site's. */
  readonly ownSchema?: string
  /** Null: no encryption, for a server on this host. `ca` is PEM text. */
  readonly tls: null | { readonly ca?: string; readonly verifyIdentity: true }
}

export interface LogSettings {
  readonly format: 'text' | 'json'
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  /** Absolute. */
  readonly file: string | null
}

/** Every path is absolute. */
export interface Settings {
  /** The settings file; null when there is none and all is default or environment. */
  readonly file: string | null
  /** Hidden from JSON and inspection. Throws an OubliError `E_NO_DATABASE` on use when none is set. */
  readonly database: MysqlSettings | { readonly client: 'sqlite'; readonly file: string }
  readonly policies: string
  readonly dataMap: string
  readonly templates: string
  readonly evidence: {
    readonly folder: string
    readonly origin: string
    readonly signingKeyFile: string
    readonly secretFile: string
    readonly verifierKey: string | null
    readonly waitingAtMost: number
    /** Null: not set. Paths are absolute. */
    readonly sinks: {
      readonly folder: string | null
      readonly mail: string | null
      readonly command: string | null
    }
    /** As `keptForm` has it. */
    readonly tombstonesKept: string
  }
  readonly mail: MailSettings
  readonly schedule: {
    readonly zone: string
    readonly warn: string
    readonly deliver: string
    readonly purge: string
    readonly verify: string
  }
  readonly limits: { readonly runMinutes: number }
  readonly pace: PaceSettings
  readonly log: LogSettings
  readonly heartbeatFile: string | null
}
