/** Comments that begin with todo: what `oubli init` was not sure of, and nobody has decided yet. */
import { CST, Lexer } from 'yaml'
import { isMark } from './yaml-guards.ts'

/** Also behind the name of a column, as in `# users.phone: todo, a phone number`. */
const todo = /^#+\s*(?:[^\s:]+:\s*)?todo\b/i

/** Offsets of such comments. The lexer knows a comment from a hash inside a text, which never begins a token. */
export function todosIn(text: string): readonly number[] {
  const found: number[] = []
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    if (todo.test(token)) found.push(offset)
    if (!isMark(CST.tokenType(token))) offset += token.length
  }
  return found
}
