import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { help, readOptions } from '../../bench/options.ts'
import { workloads } from '../../bench/targets.ts'
import { inTurn, killAll, startProgram } from '../../bench/running.ts'

describe('the words behind npm run bench', () => {
  it('are everything in its full form when there are none', () => {
    expect(readOptions([])).to.deep.equal({
      do: 'bench',
      options: { workloads, quick: false, rounds: 7, window: 5, json: null },
    })
  })

  it('choose workloads, a short form, rounds and a file', () => {
    expect(readOptions(['harm', 'purge', '--quick', '--json', 'a.json'])).to.deep.equal({
      do: 'bench',
      options: { workloads: ['purge', 'harm'], quick: true, rounds: 3, window: 2.5, json: 'a.json' },
    })
    expect(readOptions(['--rounds', '9'])).to.have.nested.property('options.rounds', 9)
  })

  it('are refused with a sentence when they mean nothing', () => {
    expect(() => readOptions(['purgee'])).to.throw(/^expected a workload \(purge, .*\), found purgee$/)
    for (const rounds of ['0', '1.5', 'many', '101'])
      expect(() => readOptions(['--rounds', rounds])).to.throw(
        '--rounds: expected a whole number from 1 to 100',
      )
    expect(() => readOptions(['--quik'])).to.throw()
  })

  it('are explained, every workload with it, and by the program itself', () => {
    for (const name of workloads) expect(help).to.match(new RegExp(`^  ${name} `, 'm'))
    const file = new URL('../../bench/main.js', import.meta.url).pathname
    const asked = spawnSync(process.execPath, [file, '--help'], { encoding: 'utf8' })
    expect([asked.status, asked.stdout]).to.deep.equal([0, `${help}\n`])
    const wrong = spawnSync(process.execPath, [file, 'purgee'], { encoding: 'utf8' })
    expect(wrong.status).to.equal(1)
    expect(wrong.stderr).to.match(/^expected a workload .*, found purgee\n$/)
  })
})

describe('a contender that is a process', () => {
  after(killAll)
  const script = (text: string) => startProgram(process.execPath, ['-e', text])

  it('says what it did, and a bad end is an error with its words', async () => {
    const good = script('console.log("done")')
    await good.done
    expect(good.out()).to.equal('done\n')
    const bad = await script('console.error("no table"); process.exit(7)').done.catch(
      (error: unknown) => error,
    )
    expect(String(bad)).to.match(/ended with 7\nno table/)
  })

  it('in turn comes one after the other, and asked to end leaves out the rest', async () => {
    const all = inTurn([() => script('console.log(1)'), () => script('console.log(2)')])
    await all.done
    expect(all.out()).to.equal('1\n2\n')
    const waits =
      'process.on("SIGTERM", () => { console.log("ended"); process.exit(0) }); console.log("up"); setInterval(() => 0, 1000)'
    const waiting = script(waits)
    const one = inTurn([() => waiting, () => script('console.log("never")')])
    while (!waiting.out().includes('up')) await new Promise((resolve) => setTimeout(resolve, 20))
    one.stop()
    await one.done
    expect(one.out()).to.equal('up\nended\n')
  })
})
