/** Which fields a template asks for. Strict rendering finds a wrong name in the text, but not one in a condition. */
import Handlebars from 'handlebars'
import type { WarningContext } from './context.ts'

/** Every field of a warning; a record, so that a field added to the context cannot be forgotten here. */
const fields: Readonly<Record<keyof WarningContext, true>> = {
  siteName: true,
  siteUrl: true,
  controllerName: true,
  contact: true,
  dpo: true,
  name: true,
  lastDay: true,
  lastDayWithWeekday: true,
  zone: true,
  lastSignIn: true,
  signUpYear: true,
  unusedFor: true,
  goes: true,
  stays: true,
  reminder: true,
  lastReminder: true,
}
const stayFields: readonly string[] = ['what', 'because', 'until']
const helpers: readonly string[] = ['if', 'unless', 'each', 'with']

/** Names in a template that neither a warning nor one of its entries has, in order of appearance. */
export function unknownFields(template: string): readonly string[] {
  const unknown: string[] = []
  class Names extends Handlebars.Visitor {
    override PathExpression(path: hbs.AST.PathExpression): void {
      if (path.data || path.parts.length === 0 || helpers.includes(path.original)) return
      const known = path.original.startsWith('this.')
        ? stayFields.includes(path.parts.join('.'))
        : Object.hasOwn(fields, path.parts.join('.'))
      if (!known) unknown.push(path.original)
    }
  }
  new Names().accept(Handlebars.parse(template))
  return unknown
}
