/** What a site would write to send its warnings: the same template, filled and composed for each mail, five connections. */
import { createTransport } from 'nodemailer'
import { packageRoot, readFolder } from '../../config/files.ts'
import { warningContext } from '../../templates/context.ts'
import { loadTemplates, renderMail } from '../../templates/render.ts'
import { join } from 'node:path'
import { taskOf } from './program.ts'

const { port, mails } = taskOf() as { readonly port: number; readonly mails: number }
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
let next = 0

async function sender(): Promise<void> {
  while (next < mails) {
    next += 1
    const address = `user${next}@example.org`
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
    await transport.sendMail({
      from: { name: 'Site', address: 'notices@site.example' },
      to: address,
      ...rendered,
    })
  }
}

// Twice as many in flight as there are connections, so that none waits.
await Promise.all(Array.from({ length: 2 * connections }, sender))
transport.close()
