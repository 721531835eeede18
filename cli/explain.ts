import type { Command } from 'commander'
import { explain, type Explained } from '../jobs/explain.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import { keyOf } from './key.ts'
import type { Done } from './main.ts'
import { day } from './table.ts'
import { wordOf, words } from './words.ts'
import type { Language } from '../policies/problem.ts'

/** `oubli explain KIND KEY`: what every policy says about one row, and when. */
export function addExplain(program: Command, io: Io, done: Done): void {
  const command = program
    .command('explain')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .description('say what every policy does with one person or row, when, and why')
  describeCommand(command, 'oubli explain account 42', [0, 1, 2]).action(
    async (kind: string, key: string, options: CommonOptions) => {
      const lang = language(io, options)
      await withContext(io, options, async (ctx) => {
        const explained = await explain(ctx, await prepare(ctx, lang), kind, keyOf(key), await ctx.now())
        if (options.json === true) io.out(JSON.stringify(explained))
        else for (const line of explainLines(explained, lang)) io.out(line)
        done(0)
      })
    },
  )
}

export function explainLines(explained: Explained, lang: Language): readonly string[] {
  const lines = [explained.reference]
  for (const one of explained.policies) {
    lines.push(`  ${one.policy}: ${words(lang, one.state)}. ${decisionWords(one.decision, lang)}`)
    lines.push(`    ${one.tables.map(({ table, act }) => `${table}: ${wordOf(lang, act)}`).join(', ')}`)
  }
  return lines
}

function decisionWords(decision: Explained['policies'][number]['decision'], lang: Language): string {
  switch (decision.act) {
    case 'due':
      return words(lang, 'Due since {day} (notice: {notice}).', {
        day: day(decision.dueFrom),
        notice: words(lang, decision.notice),
      })
    case 'warn':
      return words(lang, 'To be warned now; erasure announced for {day} at the earliest.', {
        day: day(decision.announced),
      })
    case 'spare':
      return words(lang, 'Kept: {reason}[[, until {day}]].', {
        reason: words(lang, decision.reason),
        day: decision.until === null ? '' : day(decision.until),
      })
  }
}
