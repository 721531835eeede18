/**
 * Mocha inside Stryker's own worker: the tests are loaded once, and for each change only those run that reach it.
 * One process for each change took a minute; most of the tests never come near the change.
 */
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import type { InstrumenterContext, MutantCoverage } from '@stryker-mutator/api/core'
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner'
import Mocha from 'mocha'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files and folders of tests, built; `OUBLI_SPECS` names others. */
const everything = 'dist/test/plan dist/test/policies dist/test/report'

/** What the changed code reads and writes while it runs. */
const shared = globalThis as { __stryker__?: InstrumenterContext }

/** Stryker tells what it found; a second voice would mix with it. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

class MochaInProcess implements TestRunner {
  private readonly mocha = new Mocha({ timeout: 60_000, reporter: Silent })
  private readonly context = (shared.__stryker__ ??= {})
  private loaded = false
  private heard: TestResult[] = []

  /** A change of what is read while files load needs a new process. */
  capabilities() {
    return { reloadEnvironment: false }
  }

  init(): Promise<void> {
    const { context } = this
    for (const path of (process.env['OUBLI_SPECS'] ?? everything).trim().split(/\s+/))
      for (const spec of specsIn(path)) this.mocha.addFile(spec)
    this.mocha.cleanReferencesAfterRun(false)
    this.mocha.rootHooks({
      beforeEach(this: Mocha.Context) {
        context.currentTestId = this.currentTest?.fullTitle() ?? ''
      },
      afterEach() {
        delete context.currentTestId
      },
    })
    return Promise.resolve()
  }

  async dryRun({ coverageAnalysis }: DryRunOptions): Promise<DryRunResult> {
    const result = await this.run(null, 'runtime')
    if (result.status !== DryRunStatus.Complete || coverageAnalysis === 'off') return result
    return {
      ...result,
      mutantCoverage: hotSwapped(this.context.mutantCoverage ?? { static: {}, perTest: {} }),
    }
  }

  async mutantRun({
    activeMutant,
    hitLimit,
    mutantActivation,
    testFilter,
  }: MutantRunOptions): Promise<MutantRunResult> {
    this.mocha.bail(true)
    this.mocha.grep(testFilter === undefined ? /^/ : exactly(testFilter))
    if (hitLimit === undefined) delete this.context.hitLimit
    else this.context.hitLimit = hitLimit
    this.context.hitCount = 0
    return toMutantRunResult(await this.run(activeMutant.id, mutantActivation))
  }

  private async run(
    mutant: string | null,
    activation: MutantRunOptions['mutantActivation'],
  ): Promise<DryRunResult> {
    delete this.context.activeMutant
    if (mutant !== null && activation === 'static') this.context.activeMutant = mutant
    if (!this.loaded) await this.mocha.loadFilesAsync()
    this.loaded = true
    if (mutant !== null) this.context.activeMutant = mutant
    this.heard = []
    await new Promise<void>((resolve) => {
      this.listen(
        this.mocha.run(() => {
          resolve()
        }),
      )
    })
    return (
      determineHitLimitReached(this.context.hitCount, this.context.hitLimit) ?? {
        status: DryRunStatus.Complete,
        tests: this.heard,
      }
    )
  }

  private listen(runner: Mocha.Runner): void {
    const named = (test: Mocha.Runnable) => ({
      id: test.fullTitle(),
      name: test.fullTitle(),
      timeSpentMs: test.duration ?? 0,
    })
    runner.on('pass', (test) => void this.heard.push({ ...named(test), status: TestStatus.Success }))
    runner.on('pending', (test) => void this.heard.push({ ...named(test), status: TestStatus.Skipped }))
    runner.on('fail', (test, error) => {
      const failureMessage = error instanceof Error ? error.message : String(error)
      this.heard.push({ ...named(test), status: TestStatus.Failed, failureMessage })
    })
  }
}

/** What runs in a test and while files load as well is tried in the test alone, without a new process. */
function hotSwapped({ perTest, static: loading }: MutantCoverage): MutantCoverage {
  const inTests = new Set(Object.values(perTest).flatMap(Object.keys))
  return { perTest, static: Object.fromEntries(Object.entries(loading).filter(([id]) => !inTests.has(id))) }
}

function specsIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.test.js')).map((name) => join(path, name))
}

function exactly(titles: readonly string[]): RegExp {
  return new RegExp(`^(${titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`)
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'mocha-in-process', MochaInProcess)]
