/** What the source and the HTML of a template may hold, whatever it says. */
import type { SourceFile } from '../policies/problem.ts'
import { unknownFields } from './fields.ts'

export interface TemplateProblem {
  /** As it was read, or the place where it is missing. */
  readonly file: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

export function problem(file: string, code: string, found: string, remedy: string): TemplateProblem {
  return { file, code, message: `${file}: found ${found}`, remedy }
}

export function checkSource(
  file: SourceFile,
  fields: Readonly<Record<string, true>>,
): readonly TemplateProblem[] {
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
  const unknown = unknownFields(file.text, fields)[0]
  if (unknown !== undefined) {
    problems.push(
      problem(file.path, 'E_TEMPLATE_FIELD', `{{${unknown}}}`, 'Use only the fields that such a mail has.'),
    )
  }
  return problems
}

/** Pictures, forms, scripts and foreign links are what a fraud has and a notice does not need. */
export function checkMarkup(file: string, html: string, siteUrl: string): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = []
  if (
    /<(?:img|form|input|button|script|iframe|object|embed|svg|video|link)\b|\b(?:on\w+|srcset|background)\s*=|url\(|@import/i.test(
      html,
    )
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
  if (links.some((link) => link !== siteUrl)) {
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

export function unescaped(html: string): string {
  return html
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&nbsp;', '\u00a0')
    .replaceAll('&amp;', '&')
}
