/** What lint asks of templates: every one renders, says what it must say, and does not look like a fraud. */
import { OubliError } from '../base/errors.ts'
import type { Language, SourceFile } from '../policies/problem.ts'
import type { WarningContext } from './context.ts'
import { warningContext } from './context.ts'
import { unknownFields } from './fields.ts'
import { warningFixtures } from './fixtures.ts'
import type { Templates } from './render.ts'
import { renderIn, templateLanguages } from './render.ts'

export interface TemplateProblem {
  /** As it was read, or the place where it is missing. */
  readonly file: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

type Fixtures = (lang: Language) => readonly WarningContext[]

const standardFixtures: Fixtures = (lang) =>
  warningFixtures.map((facts) => warningContext(facts, lang, 'Europe/Paris'))

/**
 * Renders every template in every language with every fixture. Each file is reported once per code.
 * Empty: nothing to say.
 */
export function checkTemplates(
  templates: Templates,
  fixtures: Fixtures = standardFixtures,
): readonly TemplateProblem[] {
  const problems = new Map<string, TemplateProblem>()
  const add = (problem: TemplateProblem): void => {
    problems.set(`${problem.file}\0${problem.code}`, problem)
  }
  for (const name of templates.names) {
    for (const lang of templateLanguages) {
      for (const context of fixtures(lang)) checkOne(templates, name, lang, context).forEach(add)
    }
  }
  for (const [slot, file] of templates.files) {
    if (slot !== 'layout') checkSource(file).forEach(add)
  }
  return [...problems.values()]
}

function checkSource(file: SourceFile): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = []
  if (/\{\{\{|\{\{~?&/.test(file.text)) {
    problems.push(
      problem(
        file.path,
        'E_TEMPLATE_UNESCAPED',
        'a value that is not escaped',
        'Write two braces, without &.',
      ),
    )
  }
  const unknown = unknownFields(file.text)[0]
  if (unknown !== undefined) {
    problems.push(
      problem(file.path, 'E_TEMPLATE_FIELD', `{{${unknown}}}`, 'Use only the fields that a warning has.'),
    )
  }
  return problems
}

function checkOne(
  templates: Templates,
  name: string,
  lang: Language,
  context: WarningContext,
): readonly TemplateProblem[] {
  const path = (part: string): string =>
    templates.files.get(`${lang}/${name}.${part}`)?.path ?? `${lang}/${name}.${part}.hbs`
  try {
    const mail = renderIn(templates, name, lang, context)
    return [
      ...checkSubject(path('subject'), mail.subject, context),
      ...checkBody(path('txt'), mail.text, context),
      ...checkBody(path('html'), unescaped(mail.html), context),
      ...checkMarkup(path('html'), mail.html, context),
    ]
  } catch (error) {
    if (!(error instanceof OubliError)) throw error
    const file = /^(\S+): /.exec(error.message)?.[1] ?? name
    return [{ file, code: error.code, message: error.message, remedy: error.remedy }]
  }
}

function problem(file: string, code: string, found: string, remedy: string): TemplateProblem {
  return { file, code, message: `${file}: found ${found}`, remedy }
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

function checkBody(file: string, text: string, context: WarningContext): readonly TemplateProblem[] {
  const needed: readonly [string, string][] = [
    ['lastDayWithWeekday', context.lastDayWithWeekday],
    ['zone', context.zone],
    ['siteUrl', context.siteUrl],
    ['contact', context.contact],
    ['dpo', context.dpo],
    ['controllerName', context.controllerName],
    ...context.goes.map((what): [string, string] => ['goes', what]),
    ...context.stays.map((stay): [string, string] => ['stays', stay.what]),
  ]
  const missing = needed.find(([, words]) => !text.includes(words))
  if (missing === undefined) return []
  return [
    problem(
      file,
      'E_TEMPLATE_INCOMPLETE',
      `no {{${missing[0]}}}`,
      'A warning says date, zone, site, contact, what goes and what stays.',
    ),
  ]
}

/** Pictures, forms, scripts and foreign links are what a fraud has and a notice does not need. */
function checkMarkup(file: string, html: string, context: WarningContext): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = []
  if (
    /<(?:img|form|input|button|script|iframe|object|embed|svg|video|link)\b|\bon\w+\s*=|url\(/i.test(html)
  ) {
    problems.push(
      problem(
        file,
        'E_TEMPLATE_SUSPECT',
        'a picture, a form, a script or a loaded resource',
        'Use text, lists and the one link to the site.',
      ),
    )
  }
  const links = [...unescaped(html).matchAll(/\bhref\s*=\s*["']?([^"'\s>]*)/gi)].map((match) => match[1])
  if (links.some((link) => link !== context.siteUrl)) {
    problems.push(
      problem(
        file,
        'E_TEMPLATE_LINK',
        'a link to another address than {{siteUrl}}',
        'Keep the bare address of the site as the only link.',
      ),
    )
  }
  return problems
}

function unescaped(html: string): string {
  return html
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&nbsp;', '\u00a0')
    .replaceAll('&amp;', '&')
}
