/** What a discreet mail may not let out: nothing that it is made of names the site, and its page loads nothing. */
import { OubliError } from '../base/errors.ts'
import type { SourceFile } from '../policies/problem.ts'
import type { TemplateUse } from '../policies/telling.ts'
import { checkMarkup, problem, unescaped, type TemplateProblem } from './check-markup.ts'
import type { Templates } from './render.ts'

/** Templates that end so are sent for two variants; any other warning is full. */
export const bare = '-bare'

/** The template that comes with the program for the mail after an erasure. */
const builtInLast = 'erased'

export function isLastMail(name: string, { lastMails }: TemplateUse): boolean {
  return name === builtInLast || lastMails.includes(name)
}

/** The layout stands around every mail, and knows no field of it. */
export function checkDiscreet(templates: Templates, use: TemplateUse): readonly TemplateProblem[] {
  const { hidden } = use
  if (hidden === null) return []
  return [...templates.files].flatMap(([slot, file]) => {
    const name = /\/(.*)\.\w+$/.exec(slot)?.[1] ?? ''
    if (slot === 'layout') return [...checkHidden(file, hidden), ...checkMarkup(file.path, file.text, '')]
    return isLastMail(name, use) || name.endsWith(bare) ? checkHidden(file, hidden) : []
  })
}

/** Throws OubliError E_TEMPLATE_TELLS with every place, before such a mail can be written. */
export function refuseTelling(templates: Templates, use: TemplateUse): void {
  const problems = checkDiscreet(templates, use)
  if (problems.length === 0) return
  throw new OubliError(
    'policy',
    'E_TEMPLATE_TELLS',
    `a policy sends discreet mails, and what they are made of tells the site:\n${problems
      .map(({ code, message }) => `${message} (${code})`)
      .join('\n')}`,
    'Mend them; `oubli lint` shows the same list without a database.',
  )
}

/** A name that is written out instead of filled in would stand in a discreet mail too. */
function checkHidden(file: SourceFile, names: readonly string[]): readonly TemplateProblem[] {
  const text = unescaped(file.text).toLowerCase()
  if (!names.some((name) => name !== '' && text.includes(name.toLowerCase()))) return []
  return [
    problem(
      file.path,
      'E_TEMPLATE_TELLS',
      'what tells the site',
      'Write {{siteName}} where a mail has it, never the name, the address or the company.',
    ),
  ]
}
