/** No named place of the program is left out where processes are killed. */
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { points } from '../base/point.ts'
import { packageRoot } from '../config/files.ts'

/** Tests that kill a process, as they are written. */
function killers(): readonly string[] {
  const folder = join(packageRoot(), 'test')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.includes('killAt('))
}

/** The groups that a test goes through as a whole, not by names that somebody typed. */
function groupsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<!typeof )\bpoints\.(\w+)/g)].map(([, group = '']) => group)
}

describe('the named places', () => {
  it('are killed group by group, each as it stands in the program', () => {
    const groups = new Set(killers().flatMap(groupsIn))
    expect([...groups].sort()).to.deep.equal(Object.keys(points).sort())
  })

  it('have names of their own', () => {
    const all = Object.values(points).flat()
    expect(all).to.deep.equal([...new Set(all)])
  })
})
