/** A warning must not promise another end than the one that comes. Pure. */
import { OubliError } from '../base/errors.ts'
import type { Language } from '../policies/problem.ts'
import type { TemplateUse } from '../policies/telling.ts'
import { problem, type TemplateProblem } from './check-markup.ts'
import { warningContext } from './context.ts'
import { usualWarning } from './fixtures.ts'
import { renderIn, templateLanguages, type Templates } from './render.ts'

type Use = TemplateUse['otherActs'][number]

/** What reads the same whatever becomes of the account announces a deletion, as every template once did. */
export function checkActs(templates: Templates, { otherActs }: TemplateUse): readonly TemplateProblem[] {
  return otherActs.flatMap((use) =>
    templateLanguages.flatMap((lang) => {
      const [said, erased] = [use.act, 'erase' as const].map((act) => rendered(templates, use, act, lang))
      if (said == null || erased == null) return []
      return (['txt', 'html'] as const).flatMap((part) =>
        said[part] === erased[part] ? [blind(templates, `${lang}/${use.template}.${part}`, use)] : [],
      )
    }),
  )
}

/** Throws OubliError E_TEMPLATE_ACT with every file, before such a mail can be written. */
export function refuseUntrue(templates: Templates, use: TemplateUse): void {
  const problems = checkActs(templates, use)
  if (problems.length === 0) return
  throw new OubliError(
    'policy',
    'E_TEMPLATE_ACT',
    `mails would announce a deletion, and their policy does something else:\n${problems
      .map(({ message, remedy }) => `${message}. ${remedy}`)
      .join('\n')}`,
    'Mend them; `oubli lint` shows the same list without a database.',
  )
}

function rendered(templates: Templates, use: Use, act: Use['act'] | 'erase', lang: Language) {
  const context = warningContext({ ...usualWarning, variant: use.variant, act }, lang, 'Europe/Paris')
  try {
    const { text: txt, html } = renderIn(templates, use.template, lang, context)
    return { txt, html }
  } catch (error) {
    // A template that cannot be rendered is told of by itself.
    if (error instanceof OubliError) return null
    throw error
  }
}

function blind(templates: Templates, slot: string, { act }: Use): TemplateProblem {
  const field = act === 'anonymise' ? 'anonymises' : 'archives'
  return problem(
    templates.files.get(slot)?.path ?? `${slot}.hbs`,
    'E_TEMPLATE_ACT',
    `the same words as for a deletion, and a policy that uses it says "then: ${act}"`,
    `Write what happens instead between {{#if ${field}}} and {{/if}}.`,
  )
}
