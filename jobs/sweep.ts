/** At the end of a run: what our own tables keep about people whom the site itself deleted, and nobody else takes away. */
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { sweepHolds } from './sweep-holds.ts'
import { sweepKept } from './sweep-kept.ts'
import { sweepMails } from './sweep-mails.ts'

export async function sweep(ctx: JobContext, prepared: Prepared): Promise<void> {
  await sweepKept(ctx, prepared)
  await sweepHolds(ctx, prepared)
  await sweepMails(ctx, prepared)
}
