/** The spec reporter, ended by one line that a machine can read. */
import Mocha from 'mocha'

const { Spec } = Mocha.reporters
const { EVENT_RUN_END } = Mocha.Runner.constants

export default class SummaryReporter extends Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`)
    })
  }
}
