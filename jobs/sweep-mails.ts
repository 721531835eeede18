/**
 * What is left of mails to people who came back and whom the site itself deleted later: nobody else takes it away. Looks
 * at so many mails a run, and goes on where the last run ended, so that its work does not grow with the site.
 */
import { keyFromText } from '../base/subject-ref.ts'
import { noteSwept, readSwept } from '../db/own/control.ts'
import { mailsFrom, type LeftMail } from '../db/own/left-mails.ts'
import { readColumns } from '../db/site/rows.ts'
import { forgetSubject } from '../mail/warnings.ts'
import type { SettledKind } from '../plan/settled-map.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { kindsOfPeople } from './replay-missing.ts'

const page = 500
const pages = 40

export async function sweepMails(ctx: JobContext, prepared: Prepared): Promise<void> {
  const kinds = new Map(kindsOfPeople(prepared))
  const from = (await readSwept(ctx.database)) ?? ''
  let after = from
  let round = 0
  for (let done = 0; done < pages; done += 1) {
    const mails = await mailsFrom(ctx.database, after, page)
    // Those with a warning are looked at person by person before they are mailed again.
    const left = mails.filter(({ warned }) => !warned)
    for (const [kind, settled] of kinds)
      await forgetGone(
        ctx,
        kind,
        settled,
        left.filter((mail) => mail.kind === kind),
      )
    after = mails.at(-1)?.id ?? ''
    if (mails.length === page) continue
    after = ''
    round += 1
    if (round > 1 || from === '') break
  }
  if (after !== from) await noteSwept(ctx.database, after, await ctx.now())
}

async function forgetGone(
  { database }: JobContext,
  kind: string,
  settled: SettledKind,
  mails: readonly LeftMail[],
): Promise<void> {
  const texts = [...new Set(mails.map(({ keyText }) => keyText))]
  const keys = texts.map(keyFromText).filter(({ length }) => length === settled.key.length)
  if (keys.length === 0) return
  const target = { table: settled.table.name, key: settled.key }
  const rows = await readColumns(database, database.dialect, target, keys, [])
  const here = new Set(rows.map(({ root }) => root))
  const gone = texts.filter((text) => !here.has(text))
  // Where it is rolled back a later run does it.
  if (gone.length > 0) await database.transaction((tx) => forgetSubject(tx, kind, gone))
}
