import type { Command } from 'commander'
import { explain, type Explained } from '../jobs/explain.ts'
import { prepare, type Prepared } from '../jobs/prepare.ts'
import { describePolicy } from '../policies/describe.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import { keyOf } from './key.ts'
import type { Done } from './main.ts'
import { spaced } from '../policies/problem-text.ts'
import { headings, personSentence } from './person-words.ts'
import { day } from './table.ts'
import { wordOf, words } from './words.ts'
import type { Language } from '../policies/problem.ts'

interface ExplainOptions extends CommonOptions {
  readonly forThePerson?: boolean
}

/** `oubli explain KIND KEY`: what every policy says about one row, and when. */
export function addExplain(program: Command, io: Io, done: Done): void {
  const command = program
    .command('explain')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .option('--for-the-person', 'in plain sentences, for a letter or a request of access')
    .description('say what every policy does with one person or row, when, and why')
  describeCommand(command, 'oubli explain account 42', [0, 1, 2, 4]).action(
    async (kind: string, key: string, options: ExplainOptions) => {
      const lang = language(io, options)
      await withContext(io, options, async (ctx) => {
        const prepared = await prepare(ctx, lang)
        const explained = await explain(ctx, prepared, kind, keyOf(key), await ctx.now())
        if (options.forThePerson === true)
          tellThePerson(io, options, personView(prepared, explained, kind, lang))
        else if (options.json === true) io.out(JSON.stringify(explained))
        else for (const line of explainLines(explained, lang, prepared.dataMap.zone)) io.out(line)
        done(0)
      })
    },
  )
}

/** What is held, until when and why, and what comes next. */
function personView(prepared: Prepared, explained: Explained, kind: string, lang: Language) {
  const { plan, dataMap, policies } = prepared
  const rule = (one: Prepared['policies'][number]): string => describePolicy(one, dataMap, lang, policies)
  return {
    lang,
    reference: explained.reference,
    policies: explained.policies.flatMap(({ policy, state, decision }) => {
      const found = policies.find(({ id }) => id === policy)
      const next = spaced(lang, personSentence(decision, lang, dataMap.zone))
      return found === undefined ? [] : [{ policy, state, rule: rule(found), next }]
    }),
    below: plan.policies
      .filter((one) => one.kind !== kind && one.owners.some((owner) => owner.kind === kind))
      .map(({ policy }) => ({ policy: policy.id, rule: rule(policy) })),
  }
}

function tellThePerson(io: Io, options: CommonOptions, view: ReturnType<typeof personView>): void {
  if (options.json === true) {
    io.out(JSON.stringify(view))
    return
  }
  io.out(spaced(view.lang, headings.rules[view.lang]))
  for (const { rule, next } of view.policies) io.out(`- ${rule}\n  ${next}`)
  if (view.below.length > 0) io.out(spaced(view.lang, headings.below[view.lang]))
  for (const { rule } of view.below) io.out(`- ${rule}`)
}

export function explainLines(explained: Explained, lang: Language, zone: string): readonly string[] {
  const lines = [explained.reference]
  for (const one of explained.policies) {
    lines.push(`  ${one.policy}: ${words(lang, one.state)}. ${decisionWords(one.decision, lang, zone)}`)
    lines.push(`    ${one.tables.map(({ table, act }) => `${table}: ${wordOf(lang, act)}`).join(', ')}`)
  }
  return lines
}

function decisionWords(
  decision: Explained['policies'][number]['decision'],
  lang: Language,
  zone: string,
): string {
  switch (decision.act) {
    case 'due':
      return words(lang, 'Due since {day} (notice: {notice}).', {
        day: day(decision.dueFrom, zone),
        notice: words(lang, decision.notice),
      })
    case 'warn':
      return words(lang, 'To be warned now; erasure announced for {day} at the earliest.', {
        day: day(decision.announced, zone),
      })
    case 'spare':
      return words(lang, 'Kept: {reason}[[, until {day}]].', {
        reason: words(lang, decision.reason),
        // The first instant that is too late: what is kept until then is kept on the day before it.
        day: decision.until === null ? '' : day(decision.until - 1, zone),
      })
  }
}
