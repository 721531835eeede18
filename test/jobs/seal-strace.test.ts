/**
 * The same as with a frail disk, by the real calls of a real process. Each write and each rename in the folder of the
 * log in its turn is the last one, or fails; it is killed at each sync, and some of them fail.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { join } from 'node:path'
import { createLab, mainFile, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'

interface Injection {
  readonly call: string
  readonly fault: string
  /** Calls of one sealing, at least. */
  readonly calls: number
  /** From one call to the next that is hurt. A run takes a second or two, and there are a dozen syncs. */
  readonly step: number
}

const steps = { 'signal=KILL': 1, 'error=EIO': 3, 'error=ENOSPC': 5 } as const

const injections: readonly Injection[] = Object.entries(steps).flatMap(([fault, step]) => [
  { call: 'write', fault, calls: 4, step: 1 },
  { call: '/^rename', fault, calls: 4, step: 1 },
  { call: 'fsync', fault, calls: 12, step },
])

/** Beyond the time for which a dead process still holds its leases. Milliseconds. */
const leaseOver = 130_000

/** Files get their names from a random part; a path that is known beforehand can be watched. */
const tail = '0000000000000000.tmp'
const knownNames = `data:text/javascript,${encodeURIComponent(
  "import crypto from 'node:crypto';import{syncBuiltinESMExports}from'node:module';const real=crypto.randomBytes;" +
    'crypto.randomBytes=(size,...more)=>size===8?Buffer.alloc(8):real(size,...more);syncBuiltinESMExports()',
)}`

eachDatabase('a process that seals', (open) => {
  let lab: Lab
  /** What a disk does is the same beside every database: beside a server at every fourth call. */
  let stride = 1
  before(async function () {
    const known = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
    if (known.status !== 0) {
      process.stderr.write('\n*** NOT RUN: faults by strace, which is not installed or may not trace ***\n\n')
      this.skip()
    }
    lab = await createLab(await open(), 20)
    if (lab.database.dialect.name !== 'sqlite') stride = 4
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
  })
  after(async () => {
    if ((lab as Lab | undefined) !== undefined) await lab.close()
  })

  /** Where the next sealing may write: folders, and files before they have their names. */
  function watched(): readonly string[] {
    const root = join(lab.folder, 'evidence')
    const size = Number(readFileSync(join(root, 'checkpoint'), 'utf8').split('\n')[1])
    const folders = ['', 'checkpoints', 'tile', 'tile/0', 'tile/1', 'tile/entries']
    const files = ['.checkpoint']
    for (let next = size; next < size + 40; next += 1) {
      files.push(`checkpoints/.${String(next).padStart(12, '0')}`)
      const [tile, width] = [String(Math.floor(next / 256)).padStart(3, '0'), next % 256]
      for (const level of ['0', 'entries']) {
        files.push(`tile/${level}/.${tile}`, `tile/${level}/${tile}.p/.${width}`)
        folders.push(`tile/${level}/${tile}.p`)
      }
    }
    const paths = [...folders, ...files.map((file) => `${file}.${tail}`)]
    return [...new Set(paths)].flatMap((path) => ['-P', join(root, path)])
  }

  /** True: the fault came. */
  function run(call: string, fault: string): boolean {
    const ended = spawnSync(
      'strace',
      [
        ...['-f', '-qq', '-o', '/dev/null', ...watched()],
        ...['-e', `trace=${call}`, '-e', `inject=${call}:${fault}`],
        ...[process.execPath, '--import', knownNames, mainFile, 'run', '--config', lab.config],
      ],
      {
        cwd: lab.folder,
        // One thread for files: strace counts the calls of each.
        env: { ...process.env, LANG: 'en', UV_THREADPOOL_SIZE: '1' },
      },
    )
    return ended.status !== 0
  }

  for (const { call, fault, calls, step } of injections)
    it(`with ${fault} at a ${call.replace(/\W/g, '')} leaves a log that verifies after the next run`, async function () {
      this.timeout(600_000)
      // Where few are hurt already, beside a server as many are.
      const by = Math.max(step, stride)
      let [at, came] = [1, 0]
      for (; run(call, `${fault}:when=${at}`); at += by) {
        came += 1
        const next = await lab.oubli(['run'], { clock: () => Date.now() + leaseOver })
        expect(next.exit, `${at}: ${next.out}${next.err}`).to.equal(0)
        const key = join(lab.folder, 'keys/signing-key.verifier')
        const verified = await lab.oubli(['audit', 'verify', '--key', key])
        expect(verified.out, `${at}`).to.match(/^VERIFIED/m)
      }
      expect(at, 'the first call that was not reached').to.be.greaterThan(calls)
      expect(came, 'faults').to.be.at.least(Math.ceil(calls / by))
    })
})
