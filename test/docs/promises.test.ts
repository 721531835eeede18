/** docs/promises.md leads to files, ids and entries that exist. */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/files.ts'
import { isThere, pageText } from './pages.ts'

const page = pageText('docs/promises.md')
const folder = 'policies/sample-shop'
const policies = readdirSync(join(packageRoot(), folder)).filter(
  (name) => name.endsWith('.yml') && name !== 'data-map.yml',
)
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z-]+` /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

function promiseOf(file: string): string {
  const text = readFileSync(join(packageRoot(), folder, file), 'utf8')
  return /^promise: (\S+)$/m.exec(text)?.[1] ?? ''
}

describe('docs/promises.md', () => {
  it('lists every promise of the sample policies, with every policy that keeps it', () => {
    const listed = rows.flatMap(([, id = '', , files = '']) =>
      [...files.matchAll(/`([a-z-]+\.yml)`/g)].map(([, file = '']) => `${id.replaceAll('`', '')} ${file}`),
    )
    expect(listed.sort()).to.deep.equal(policies.map((file) => `${promiseOf(file)} ${file}`).sort())
  })

  it('names only paths that exist', () => {
    const paths = [...page.matchAll(/`((?:test|policies|plan|docs)\/[^`]+)`/g)].map(([, path = '']) => path)
    expect(paths.filter((path) => !isThere(path))).to.deep.equal([])
    expect(paths.length).to.be.greaterThan(20)
  })

  it('names a test for every promise and every rule', () => {
    const ruled = page.split('\n').filter((line) => /^\| \d+\. /.test(line))
    expect(ruled).to.have.length(13)
    for (const line of [...ruled, ...rows.map((cells) => cells.join('|'))])
      expect(line).to.match(/`test\/[a-z/-]+\.test\.ts`/)
  })

  it('names only kinds of evidence that are written', () => {
    const kinds = [...page.matchAll(/`([a-z]+\.(?!yml|md)[a-z]+)`/g)].map(([, kind = '']) => kind)
    const written = ['engine', 'jobs'].flatMap((room) =>
      readdirSync(join(packageRoot(), room)).map((name) =>
        readFileSync(join(packageRoot(), room, name), 'utf8'),
      ),
    )
    const missing = kinds.filter((kind) => !written.some((text) => text.includes(`'${kind}'`)))
    expect(missing).to.deep.equal([])
    expect(kinds.length).to.be.greaterThan(10)
  })
})
