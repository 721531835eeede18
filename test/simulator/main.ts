/** `npm run simulate`: plays stories from the command line. `--defects`: the table; otherwise seeds from .. to. */
import { catchDefect, tableOf } from './caught.ts'
import { allDefects } from './defects.ts'
import { scriptOf } from './script.ts'
import { shortest, told } from './shortest.ts'
import { play } from './story.ts'

const arguments_ = process.argv.slice(2)
const say = (text: string): void => void process.stdout.write(`${text}\n`)

if (arguments_.includes('--defects')) {
  say(tableOf(allDefects.map((defect) => catchDefect(defect, 10_000))))
} else {
  const [from = 0, to = 10_000] = arguments_.map(Number)
  let failed = 0
  for (let seed = from; seed < to; seed += 1) {
    const script = scriptOf(seed)
    const violation = play(script, null)
    if (violation === null) continue
    failed += 1
    say(told(shortest(script, null, violation)))
  }
  say(`${to - from} stories, ${failed} went wrong`)
  process.exitCode = failed === 0 ? 0 : 1
}
