import type { Command } from 'commander'
import { findingText } from '../audit/finding.ts'
import type { VerifyReport } from '../audit/verify.ts'
import { readText } from '../config/files.ts'
import { olderThanLog } from '../jobs/older.ts'
import { verify } from '../jobs/verify.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { olderLines } from './replay.ts'
import { number } from './table.ts'
import { words } from './words.ts'
import type { Language } from '../policies/problem.ts'

/** `oubli audit verify`: recomputes the whole log and compares it with the signed checkpoints. */
export function addAudit(program: Command, io: Io, done: Done): void {
  const audit = program.command('audit').description('evidence of what was done')
  const command = audit
    .command('verify')
    .description('recompute the evidence and compare it with the signed checkpoints')
    .option(
      '--key <key>',
      'verifier key, or a file that holds it; without one nothing can be called verified',
    )
  describeCommand(command, 'oubli audit verify --key boutique.verifier', [0, 1, 2, 6]).action(
    async (options: CommonOptions & { readonly key?: string }) => {
      await withContext(io, options, async (ctx) => {
        const wanted = options.key ?? ctx.settings.evidence.verifierKey
        const key = wanted === null ? null : wanted.includes('+') ? wanted : await readText(wanted)
        const report = await verify(ctx, key)
        const older = await olderThanLog(ctx)
        const lang = language(io, options)
        if (options.json === true) io.out(JSON.stringify({ ...report, older }))
        else for (const line of [...olderLines(older, lang), ...verifyLines(report, lang)]) io.out(line)
        done(report.state === 'verified' ? 0 : 6)
      })
    },
  )
}

/** The same lines for `audit verify` and for the demo. */
export function verifyLines(report: VerifyReport, lang: Language): readonly string[] {
  const lines = report.findings.map((finding) => `FOUND  ${findingText(finding)}`)
  if (report.more > 0) lines.push(`… and ${number(report.more)} more`)
  const counted = words(lang, '{entries} entries, newest checkpoint {size}', {
    entries: number(report.entries, lang),
    size:
      report.newest === null
        ? words(lang, 'none')
        : words(lang, 'over {size}', { size: number(report.newest.size, lang) }),
  })
  switch (report.state) {
    case 'verified':
      return [...lines, `VERIFIED  ${counted}`]
    case 'failed':
      return [...lines, `FAILED  ${counted}`]
    case 'unverified':
      return [
        ...lines,
        `UNVERIFIED  ${counted}; ${words(lang, 'no verifier key was given, so the signatures were not checked')}`,
      ]
  }
}
