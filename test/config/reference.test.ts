import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../config/files.ts'
import { settingKeys } from '../../config/keys.ts'
import { settingsReference } from '../../config/reference.ts'

describe('the reference of the settings', () => {
  it('is the one that docs/settings.md shows', () => {
    const page = readFileSync(join(packageRoot(), 'docs/settings.md'), 'utf8')
    expect(page, 'write settingsReference() of config/reference.ts to docs/settings.md').to.equal(
      settingsReference(),
    )
  })

  it('describes every key in words, each with a variable of its own', () => {
    expect(settingKeys.length).to.be.above(35)
    for (const key of settingKeys) {
      expect(key.description, key.name).to.match(/[.)]$/)
      expect(key.expects, key.name).not.to.equal('')
      expect(settingsReference()).to.contain(key.variable)
    }
    const variables = settingKeys.flatMap((key) => [
      key.variable,
      ...(key.secretVariable === null ? [] : [key.secretVariable]),
    ])
    expect(new Set(variables).size).to.equal(variables.length)
  })
})
