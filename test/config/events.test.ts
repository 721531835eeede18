/** Sentences of the log against the places that say them: what a sentence names is passed, and nothing is a dead letter. */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { events } from '../../config/events.ts'
import { packageRoot } from '../../config/files.ts'

interface Call {
  readonly file: string
  readonly codes: readonly string[]
  /** Source of the object with the fields; null: the call has none that could be read. */
  readonly fields: string | null
}

function callsIn(folder: string): readonly Call[] {
  const root = join(packageRoot(), folder)
  const files = readdirSync(root).filter((name) => name.endsWith('.ts'))
  return files.flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8')
    return [...text.matchAll(/\blog\.event\(((?:[^()]|\([^()]*\))*)\)/g)].map(([, given = '']): Call => {
      const at = given.indexOf('{')
      const before = at === -1 ? given : given.slice(0, at)
      const codes = [...before.matchAll(/'([a-z][a-z.-]+)'/g)].map(([, code = '']) => code)
      const fields = at === -1 || given.includes('...') ? null : given.slice(at)
      return { file: `${folder}/${name}`, codes, fields }
    })
  })
}

const calls = callsIn('jobs')
const shapes: Readonly<Record<string, { readonly text: string }>> = events

describe('the sentences of the log', () => {
  it('get every field that they name, wherever it can be read from the call', () => {
    expect(calls.length).to.be.greaterThan(30)
    const without: string[] = []
    for (const { file, codes, fields } of calls) {
      if (fields === null) continue
      const given = new Set([...fields.matchAll(/[{,]\s*(\w+)(?=\s*[,:}])/g)].map(([, name]) => name))
      for (const code of codes)
        for (const [, name = ''] of (shapes[code]?.text ?? '').matchAll(/\{(\w+)\}/g))
          if (!given.has(name)) without.push(`${file}: ${code} without ${name}`)
    }
    expect(without).to.deep.equal([])
  })

  it('are all said somewhere', () => {
    const said = new Set(calls.flatMap(({ codes }) => codes))
    // The log tells of its own file itself.
    const own = readFileSync(join(packageRoot(), 'config/log.ts'), 'utf8')
    const silent = Object.keys(events).filter((code) => !said.has(code) && !own.includes(`event('${code}'`))
    expect(silent).to.deep.equal([])
  })
})
