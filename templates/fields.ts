/** Which fields a template asks for. Strict rendering finds a wrong name in the text, but not one in a condition. */
import Handlebars from 'handlebars'
import type { WarningContext } from './context.ts'
import type { LastMailContext } from './last-mail.ts'
import type { Sender } from './sender.ts'

type Fields<Context> = Readonly<Record<keyof Context, true>>

const sender: Fields<Sender> = {
  siteName: true,
  siteUrl: true,
  controllerName: true,
  contact: true,
  dpo: true,
  neutral: true,
}

/** Every field of a warning; a record, so that a field added to the context cannot be forgotten here. */
export const warningFields: Fields<WarningContext> = {
  ...sender,
  anonymises: true,
  archives: true,
  name: true,
  lastDay: true,
  lastDayWithWeekday: true,
  zone: true,
  deadline: true,
  replacedMessage: true,
  replacedDay: true,
  lastSignIn: true,
  signUpYear: true,
  signUpMonth: true,
  unusedFor: true,
  goes: true,
  stays: true,
  keeps: true,
  reminder: true,
  lastReminder: true,
  thenTellWithin: true,
}

/** Every field of the mail after an erasure. */
export const lastMailFields: Fields<LastMailContext> = {
  ...sender,
  erasedOn: true,
  within: true,
  stays: true,
  keeps: true,
}

const stayFields: readonly string[] = ['what', 'because', 'until']
const helpers: readonly string[] = ['if', 'unless', 'each', 'with']

/** Names in a template that neither a mail with these fields nor one of its entries has, in order of appearance. */
export function unknownFields(template: string, fields: Readonly<Record<string, true>>): readonly string[] {
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
