/**
 * Do bounces come back to us? A mail goes to a mailbox that does not exist; when its notification is taken in,
 * that is proven for the relay and the address for bounces of today.
 */
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import type { MailSettings } from '../config/settings.ts'
import { insertSelftest, latestSelftest } from '../db/own/selftests.ts'
import { checkAddress } from '../mail/address.ts'
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import type { Sent } from '../mail/transport.ts'
import { civilDate } from '../plan/civil.ts'
import type { BouncesKnown } from '../report/facts.ts'
import type { JobContext } from './context.ts'
import { guardClockQuietly } from './guards.ts'
import { refuseOlder } from './older.ts'
import type { Prepared } from './prepare.ts'
import { selftestMail } from './selftest-mail.ts'

/** What the relay said of the mail. Its row is written before it leaves, so a fast answer finds it. */
export async function sendSelftest(ctx: JobContext, to: string): Promise<Sent> {
  const { mail } = ctx.settings
  const address = checkAddress(to)
  if (!address.ok)
    throw new OubliError(
      'settings',
      'E_TEST_ADDRESS',
      '--to: expected an address that a mail can be sent to, found another text',
      'Name a mailbox that does not exist, at a domain of yours: oubli mail selftest --to nobody@bounce.example',
    )
  if (mail.from.address === null)
    throw new OubliError(
      'settings',
      'E_NO_SENDER',
      'a test needs a sender, but mail.from.address is not set',
      'Write the address of a mailbox of your own domain.',
    )
  await refuseOlder(ctx)
  await guardClockQuietly(ctx)
  const from = { name: mail.from.name ?? '', address: mail.from.address }
  const token = newToken(ctx.ports.random)
  const now = await ctx.now()
  const message = await composeMail({
    from,
    replyTo: { name: from.name, address: mail.replyTo ?? from.address },
    to: address.address,
    ...selftestMail(mail.language),
    messageId: messageIdOf(token, from),
    date: now,
  })
  await insertSelftest(ctx.database, { token, route: routeOf(mail), sentAt: now })
  const transport = ctx.transport()
  try {
    return await transport.send({ address: address.address, message, token })
  } finally {
    await transport.close()
  }
}

/** Another relay, or another address for bounces, is another way back. */
function routeOf({ transport, host, port, from }: MailSettings): string {
  return transport === 'files' ? 'files' : `smtp ${host}:${port} ${from.address ?? ''}`
}

/** A relay and a mailbox change within months. Milliseconds. */
const provenFor = 90 * 86_400_000

export async function bouncesKnown(
  ctx: Pick<JobContext, 'database' | 'settings'>,
  now: Instant,
): Promise<BouncesKnown> {
  const { mail } = ctx.settings
  const found = await latestSelftest(ctx.database, routeOf(mail))
  const at = found?.provenAt ?? null
  if (at !== null && now - at <= provenFor) return { state: 'proven', at }
  if (mail.bounces.noneBecause !== null) return { state: 'declared', because: mail.bounces.noneBecause }
  if (found === null) return { state: 'never' }
  return at === null ? { state: 'waiting', since: found.sentAt } : { state: 'old', at }
}

/** Null: no policy warns, so nothing has to come back. */
export async function bouncesOf(
  ctx: Pick<JobContext, 'database' | 'settings'>,
  { plan }: Pick<Prepared, 'plan'>,
  now: Instant,
): Promise<BouncesKnown | null> {
  return plan.policies.some(({ policy }) => policy.warn !== null) ? await bouncesKnown(ctx, now) : null
}

/** Throws a `refused` error for a plan that would warn people whose bounces nobody would hear of. */
export async function requireBounces(
  ctx: Pick<JobContext, 'database' | 'settings'>,
  { plan }: Pick<Prepared, 'plan'>,
  now: Instant,
): Promise<void> {
  const warning = plan.policies.filter(({ policy }) => policy.status !== 'observe' && policy.warn !== null)
  if (warning.length === 0) return
  const found = await bouncesKnown(ctx, now)
  if (found.state === 'proven' || found.state === 'declared') return
  throw new OubliError(
    'refused',
    'E_BOUNCES_UNPROVEN',
    `${warning.map(({ policy }) => policy.id).join(', ')}: expected a test bounce of the last 90 days, found ${foundWords(found, ctx.settings.schedule.zone)}`,
    'Run `oubli mail selftest --to ADDRESS` with a mailbox that does not exist, give what comes back to `oubli mail bounces FOLDER`, then approve. Where nothing can come back, say why in mail.bounces.none_because.',
  )
}

function foundWords(
  found: Extract<BouncesKnown, { state: 'old' | 'waiting' | 'never' }>,
  zone: string,
): string {
  switch (found.state) {
    case 'old':
      return `none since ${civilDate(found.at, zone)}`
    case 'waiting':
      return `one that was sent on ${civilDate(found.since, zone)} and has not come back`
    case 'never':
      return 'none by this relay'
  }
}
