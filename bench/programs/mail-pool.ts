/**
 * What a site would write to send its warnings: the same template, filled and composed for each mail, five connections.
 * `composed`: the bytes of the first one are sent to all, so that nothing is left but to send.
 */
import { createTransport, type SendMailOptions } from 'nodemailer'
import { packageRoot, readFolder } from '../../config/files.ts'
import { warningContext } from '../../templates/context.ts'
import { loadTemplates, renderMail } from '../../templates/render.ts'
import { join } from 'node:path'
import { taskOf } from './program.ts'

interface Task {
  readonly port: number
  readonly mails: number
  readonly composed: boolean
}

const { port, mails, composed } = taskOf() as Task
const connections = 5
const day = 86_400_000
const now = performance.timeOrigin
const templates = loadTemplates(
  await readFolder(join(packageRoot(), 'templates'), (name) => name.endsWith('.hbs')),
)
const transport = createTransport({
  pool: true,
  maxConnections: connections,
  maxMessages: Infinity,
  host: '127.0.0.1',
  port,
  secure: false,
  ignoreTLS: true,
})
const from = 'notices@site.example'
let next = 0

function addressOf(nr: number): string {
  return `user${nr}@example.org`
}

function mailTo(nr: number): SendMailOptions {
  const rendered = renderMail(templates, 'inactivity-warning', 'en', 'en', (lang) =>
    warningContext(
      {
        site: { name: 'Benchmark', url: 'https://site.example' },
        controller: { name: 'Benchmark', contact: 'privacy@site.example', dpo: 'dpo@site.example' },
        variant: 'full',
        act: 'erase',
        name: null,
        announced: now + 60 * day,
        earlier: null,
        lastSignIn: now - 1000 * day,
        signedUp: now - 2000 * day,
        unusedFor: { years: 3, months: 0, weeks: 0, days: 0, hours: 0 },
        goes: { en: ['account'], fr: ['account'] },
        stays: { en: [], fr: [] },
        step: 0,
        lastStep: false,
        thenTellWithin: null,
      },
      lang,
      'UTC',
    ),
  )
  return { from: { name: 'Site', address: from }, to: addressOf(nr), ...rendered }
}

async function bytesOf(mail: SendMailOptions): Promise<Buffer> {
  const { message } = await createTransport({ streamTransport: true, buffer: true }).sendMail(mail)
  if (!Buffer.isBuffer(message)) throw new Error('the composed mail is no buffer')
  return message
}

const ready = composed ? await bytesOf(mailTo(1)) : null

async function sender(): Promise<void> {
  while (next < mails) {
    next += 1
    const mail = ready === null ? mailTo(next) : { envelope: { from, to: addressOf(next) }, raw: ready }
    await transport.sendMail(mail)
  }
}

// Twice as many in flight as there are connections, so that none waits.
await Promise.all(Array.from({ length: 2 * connections }, sender))
transport.close()
