/** What lint asks of templates: every one renders, says what it must say, and does not look like a fraud. */
import { OubliError } from '../base/errors.ts'
import type { Language } from '../policies/problem.ts'
import type { TemplateUse } from '../policies/telling.ts'
import type { Variant } from '../policies/variant.ts'
import { checkActs } from './check-act.ts'
import { bare, checkDiscreet, isLastMail } from './check-hidden.ts'
import { checkMarkup, checkSource, problem, unescaped, type TemplateProblem } from './check-markup.ts'
import { warningContext, type WarningContext } from './context.ts'
import { lastMailFields, warningFields } from './fields.ts'
import { lastMailFixtures, warningFixtures } from './fixtures.ts'
import { lastMailContext, type LastMailContext } from './last-mail.ts'
import type { RenderedMail, Templates } from './render.ts'
import { renderIn, templateLanguages } from './render.ts'

export type { TemplateProblem } from './check-markup.ts'

const zone = 'Europe/Paris'

/**
 * Renders every template in every language with every fixture. Each file is reported once per code.
 * Empty: nothing to say.
 */
export function checkTemplates(
  templates: Templates,
  use: TemplateUse = { lastMails: [], otherActs: [], hidden: null },
): readonly TemplateProblem[] {
  const problems = new Map<string, TemplateProblem>()
  const add = (found: TemplateProblem): void => {
    problems.set(`${found.file}\0${found.code}`, found)
  }
  const isLast = (name: string): boolean => isLastMail(name, use)
  for (const name of templates.names)
    for (const lang of templateLanguages)
      (isLast(name) ? lastMail : warning)(templates, name, lang).forEach(add)
  for (const [slot, file] of templates.files) {
    if (slot === 'layout') continue
    const name = /\/(.*)\.\w+$/.exec(slot)?.[1] ?? ''
    checkSource(file, isLast(name) ? lastMailFields : warningFields).forEach(add)
  }
  checkActs(templates, use).forEach(add)
  checkDiscreet(templates, use).forEach(add)
  return [...problems.values()]
}

function variantsOf(name: string): readonly Variant[] {
  return name.endsWith(bare) ? ['bare', 'discreet'] : ['full']
}

function warning(templates: Templates, name: string, lang: Language): readonly TemplateProblem[] {
  return variantsOf(name).flatMap((variant) =>
    warningFixtures(variant).flatMap((facts) => {
      const context = warningContext(facts, lang, zone)
      return rendered(templates, name, lang, context, (mail, file) => [
        ...checkSubject(file('subject'), mail.subject, context),
        ...checkBody(file('txt'), mail.text, warningWords(context)),
        ...checkBody(file('html'), unescaped(mail.html), warningWords(context)),
        ...checkMarkup(file('html'), mail.html, context.siteUrl),
      ])
    }),
  )
}

function lastMail(templates: Templates, name: string, lang: Language): readonly TemplateProblem[] {
  return (['full', 'bare', 'discreet'] as const).flatMap((variant) =>
    lastMailFixtures(variant).flatMap((facts) => {
      const context = lastMailContext(facts, lang, zone)
      return rendered(templates, name, lang, context, (mail, file) => [
        ...checkBody(file('subject'), mail.subject, [['siteName', context.siteName]]),
        ...checkBody(file('txt'), mail.text, lastWords(context)),
        ...checkBody(file('html'), unescaped(mail.html), lastWords(context)),
        ...checkMarkup(file('html'), mail.html, context.siteUrl),
      ])
    }),
  )
}

type FileOf = (part: string) => string

function rendered(
  templates: Templates,
  name: string,
  lang: Language,
  context: WarningContext | LastMailContext,
  check: (mail: RenderedMail, file: FileOf) => readonly TemplateProblem[],
): readonly TemplateProblem[] {
  const file: FileOf = (part) =>
    templates.files.get(`${lang}/${name}.${part}`)?.path ?? `${lang}/${name}.${part}.hbs`
  try {
    return check(renderIn(templates, name, lang, context), file)
  } catch (error) {
    if (!(error instanceof OubliError)) throw error
    const found = /^(\S+): /.exec(error.message)?.[1] ?? name
    return [{ file: found, code: error.code, message: error.message, remedy: error.remedy }]
  }
}

function checkSubject(file: string, subject: string, context: WarningContext): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = []
  if (!subject.includes(context.siteName) || !subject.includes(context.lastDay)) {
    problems.push(
      problem(
        file,
        'E_TEMPLATE_SUBJECT',
        'no site or no date',
        'Name the site and the last day: {{siteName}}, {{lastDay}}.',
      ),
    )
  }
  if (context.name !== '' && subject.includes(context.name)) {
    problems.push(
      problem(
        file,
        'E_TEMPLATE_SUBJECT_NAME',
        'the name of the person',
        'A subject is read by others: leave the name out.',
      ),
    )
  }
  return problems
}

/** Field and what it says; what says nothing is in every text. */
type Words = readonly (readonly [string, string])[]

function warningWords(context: WarningContext): Words {
  return [
    ['deadline', context.deadline],
    ['siteUrl', context.siteUrl],
    ['contact', context.contact],
    ['dpo', context.dpo],
    ['controllerName', context.controllerName],
    ['replacedMessage', context.replacedMessage],
    ['replacedDay', context.replacedDay],
    ['thenTellWithin', context.thenTellWithin],
    ...context.goes.map((what): [string, string] => ['goes', what]),
    ...context.stays.map((stay): [string, string] => ['stays', stay.what]),
  ]
}

function lastWords(context: LastMailContext): Words {
  return [
    ['erasedOn', context.erasedOn],
    ['within', context.within],
    ['contact', context.contact],
    ['dpo', context.dpo],
    ['controllerName', context.controllerName],
    ...context.stays.map((stay): [string, string] => ['stays', stay.what]),
  ]
}

function checkBody(file: string, text: string, needed: Words): readonly TemplateProblem[] {
  const missing = needed.find(([, words]) => !text.includes(words))
  if (missing === undefined) return []
  return [
    problem(
      file,
      'E_TEMPLATE_INCOMPLETE',
      `no {{${missing[0]}}}`,
      'A warning says the last minute, site, contact, what it replaces, what goes and what stays; the mail after the deletion its day, contact and what stays.',
    ),
  ]
}
