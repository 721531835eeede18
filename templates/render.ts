/** From template files to the three parts of a mail. One compilation per file, strict and without helpers. */
import { createHash } from 'node:crypto'
import Handlebars, { type RuntimeOptions } from 'handlebars'
import { canonicalText } from '../base/canonical.ts'
import { OubliError } from '../base/errors.ts'
import type { Language, SourceFile } from '../policies/problem.ts'

export const templateLanguages: readonly Language[] = ['en', 'fr']
export const templateParts = ['subject', 'txt', 'html'] as const
export type TemplatePart = (typeof templateParts)[number]

type Fill = (context: unknown, more?: RuntimeOptions) => string

export interface Templates {
  /** Names that have at least one file, in order. */
  readonly names: readonly string[]
  /** File by `en/inactivity-warning.txt`. */
  readonly files: ReadonlyMap<string, SourceFile>
  readonly fill: ReadonlyMap<string, Fill>
  readonly layout: Fill
}

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Plain text and HTML are two worlds: only HTML is escaped, and a subject full of `&amp;` would be a fault. */
const engine = Handlebars.create()
engine.unregisterHelper('log')
engine.unregisterHelper('lookup')

const options = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { log: false, lookup: false } as Record<string, boolean>,
  preventIndent: true,
} as const

/** What a path says: its last folder is the language. Null for files that are no template. */
function slotOf(path: string): string | null {
  if (/(^|\/)layout\.html\.hbs$/.test(path)) return 'layout'
  const found = /(?:^|\/)(en|fr)\/([a-z0-9-]+)\.(subject|txt|html)\.hbs$/.exec(path)
  return found === null ? null : `${found[1] ?? ''}/${found[2] ?? ''}.${found[3] ?? ''}`
}

function bySlot(files: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  const slots = new Map<string, SourceFile>()
  for (const file of files) {
    const slot = slotOf(file.path)
    if (slot !== null) slots.set(slot, file)
  }
  return slots
}

/**
 * Compiles every template once. A later file with the same language and name replaces an earlier one, so a
 * site's own texts stand after the built-in ones. Throws OubliError E_TEMPLATE_SYNTAX, E_TEMPLATE_LAYOUT.
 */
export function loadTemplates(files: readonly SourceFile[]): Templates {
  const slots = bySlot(files)
  const fill = new Map<string, Fill>()
  for (const [slot, file] of slots) fill.set(slot, compile(file, slot.endsWith('.html') || slot === 'layout'))
  const layout = fill.get('layout')
  if (layout === undefined) {
    throw new OubliError(
      'policy',
      'E_TEMPLATE_LAYOUT',
      'templates: expected a file layout.html.hbs, found none',
      'Put layout.html.hbs next to the folders en and fr.',
    )
  }
  const names = new Set([...slots.keys()].filter((slot) => slot !== 'layout').map(nameOf))
  return { names: [...names].sort(), files: slots, fill, layout }
}

function nameOf(slot: string): string {
  return slot.slice(slot.indexOf('/') + 1, slot.lastIndexOf('.'))
}

function compile(file: SourceFile, isHtml: boolean): Fill {
  try {
    // Handlebars compiles at first use; precompiling now is what finds a syntax error before a mail is due.
    engine.precompile(file.text, options)
    const fill = engine.compile(file.text, { ...options, noEscape: !isHtml })
    return (context, more) => fill(context, more)
  } catch (error) {
    throw new OubliError(
      'policy',
      'E_TEMPLATE_SYNTAX',
      `${file.path}: expected a template that Handlebars can read, found: ${firstLine(error)}`,
      'Correct the braces. Only if, unless, each and with may be used besides the names of the context.',
    )
  }
}

/**
 * A whole page of its own, such as the report; it is given nothing but strings, lists and yes or no. `parts`: name →
 * text that pages share, for `{{> name}}`.
 */
export function renderPage(
  file: SourceFile,
  parts: Readonly<Record<string, string>>,
  context: object,
): string {
  const partials = Object.fromEntries(
    Object.entries(parts).map(([name, text]) => [name, engine.compile(text, options)]),
  )
  return compile(file, true)(plain(context), { partials })
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'an error'
}

/** `fr`, `fr_CA`, `FR-be`, `en.UTF-8`; null for every other locale and for none. */
export function languageOf(locale: string | null): Language | null {
  const found = /^\s*(fr|en)(?:[-_.@].*)?\s*$/i.exec(locale ?? '')
  return found === null ? null : (found[1]?.toLowerCase() as Language)
}

/**
 * Renders a mail in the reader's language. An unknown locale gets both languages, the site's first: a notice
 * that is not understood is no notice. `contextIn` gives the same facts in either language.
 */
export function renderMail(
  templates: Templates,
  name: string,
  locale: string | null,
  siteLanguage: Language,
  contextIn: (lang: Language) => object,
): RenderedMail {
  const known = languageOf(locale)
  const others = templateLanguages.filter((lang) => lang !== siteLanguage)
  const langs = known === null ? [siteLanguage, ...others] : [known]
  const sections = langs.map((lang) => ({ lang, ...renderIn(templates, name, lang, contextIn(lang)) }))
  const subject = sections.map((section) => section.subject).join(' / ')
  const html = templates.layout(
    plain({
      lang: langs[0] ?? siteLanguage,
      title: subject,
      sections: sections.map((section) => ({ lang: section.lang, html: section.html })),
    }),
  )
  const rule = `\n\n${'-'.repeat(60)}\n\n`
  return { subject, text: `${sections.map((section) => section.text).join(rule)}\n`, html }
}

/** One language, without the layout. Throws OubliError E_TEMPLATE_MISSING, E_TEMPLATE_FIELD. */
export function renderIn(templates: Templates, name: string, lang: Language, context: object): RenderedMail {
  const data = plain({ ...context })
  const part = (which: TemplatePart): string => fillPart(templates, `${lang}/${name}.${which}`, data).trim()
  return { subject: part('subject').replace(/\s*\n\s*/g, ' '), text: part('txt'), html: part('html') }
}

function fillPart(templates: Templates, slot: string, data: unknown): string {
  const fill = templates.fill.get(slot)
  if (fill === undefined) {
    throw new OubliError(
      'policy',
      'E_TEMPLATE_MISSING',
      `templates: expected a file ${slot}.hbs, found none`,
      'Every mail needs subject, txt and html in English and in French; a bare or discreet one those of `NAME-bare`.',
    )
  }
  try {
    return fill(data)
  } catch (error) {
    const field = /"([A-Za-z0-9_.]{1,40})" not defined/.exec(firstLine(error))?.[1] ?? 'a field'
    throw new OubliError(
      'policy',
      'E_TEMPLATE_FIELD',
      `${templates.files.get(slot)?.path ?? slot}: expected a field that such a mail has, found ${field}`,
      'Use only the fields that such a mail has.',
    )
  }
}

type Plain = string | boolean | readonly Plain[] | { readonly [key: string]: Plain }

/** A copy without prototypes: a template reaches fields and nothing else. */
function plain(value: unknown): Plain {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(plain)
  const copy = Object.create(null) as Record<string, Plain>
  for (const [key, field] of Object.entries(value as object)) copy[key] = plain(field)
  return copy
}

/** SHA-256 in hex over the templates that count, whatever order or folder they were read from. */
export function templatesHash(files: readonly SourceFile[]): string {
  const slots = [...bySlot(files)].map(([slot, file]) => [slot, file.text] as const)
  return createHash('sha256')
    .update(canonicalText(Object.fromEntries(slots)))
    .digest('hex')
}
