/** Plays every scenario folder through the real command line, on every database. */
import { expect } from 'chai'
import { join } from 'node:path'
import type { Database } from '../../db/session.ts'
import { eachDatabase } from '../databases.ts'
import { asTexts, difference, dumpTables, isSiteTable } from './dump.ts'
import { collectTokens, leaksIn } from './personal.ts'
import { readScenario, scenarioNames, type Scenario } from './scenario.ts'
import { label, perform } from './steps.ts'
import { createWorld, type World } from './world.ts'

eachDatabase('scenarios', (open) => {
  for (const name of scenarioNames()) {
    const scenario = readScenario(name)
    it(name.replaceAll('-', ' '), async function () {
      const database = await open()
      if (scenario.databases !== null && !scenario.databases.includes(database.dialect.name)) this.skip()
      await play(scenario, database)
    })
  }
})

async function play(scenario: Scenario, database: Database): Promise<void> {
  const world = await createWorld(scenario, database)
  try {
    const tokens = new Set<string>()
    const before = await dumpTables(database, isSiteTable)
    collectTokens(before, tokens)
    expect((await world.oubli(['migrate'])).exit).to.equal(0)
    for (const step of scenario.steps) {
      await told(step, () => perform(world, step))
      if (step.sql !== undefined || step.during !== undefined)
        collectTokens(await dumpTables(database, isSiteTable), tokens)
      // Rows of our own go with the person, so the end alone would show too little.
      if (step.oubli !== undefined) expect(leaksIn(tokens, await world.kept()), label(step)).to.deep.equal([])
    }
    const after = await dumpTables(database, isSiteTable)
    expect(difference(before, after)).to.deep.equal(asTexts(scenario.after))
    await expectEvidence(world)
    expect(leaksIn(tokens, await world.written())).to.deep.equal([])
  } finally {
    await world.close()
  }
}

async function told(step: Parameters<typeof label>[0], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) error.message = `at ${label(step)}: ${error.message}`
    throw error
  }
}

async function expectEvidence(world: World): Promise<void> {
  const key = join(world.folder, 'keys/signing-key.verifier')
  const said = await world.oubli(['audit', 'verify', '--key', key])
  expect(said.exit, said.text).to.equal(0)
  expect(said.text).to.match(/^VERIFIED/m)
}
