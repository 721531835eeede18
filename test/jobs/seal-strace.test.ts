/** The same as with a frail disk, by the real calls of a real process: killed at, or failed by, the N-th of a kind. */
import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { join } from 'node:path'
import { createLab, mainFile, type Lab } from '../cli/lab.ts'
import { eachDatabase } from '../databases.ts'

const injections: readonly { readonly what: string; readonly inject: string; readonly step: number }[] = [
  { what: 'killed at a rename', inject: '/^rename:signal=KILL', step: 1 },
  { what: 'whose rename fails', inject: '/^rename:error=EIO', step: 2 },
  { what: 'killed at a sync', inject: 'fsync:signal=KILL', step: 5 },
  { what: 'whose sync fails', inject: 'fsync:error=ENOSPC', step: 7 },
]

/** Beyond the time for which a dead process still holds its leases. Milliseconds. */
const leaseOver = 130_000

eachDatabase('a process that seals', (open) => {
  let lab: Lab
  before(async function () {
    const known = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
    if (known.status !== 0) {
      process.stderr.write('\n*** NOT RUN: faults by strace, which is not installed or may not trace ***\n\n')
      this.skip()
    }
    lab = await createLab(await open(), 20)
    await lab.oubli(['migrate'])
    await lab.oubli(['run'])
  })
  after(async () => {
    if ((lab as Lab | undefined) !== undefined) await lab.close()
  })

  /** True: the fault came. */
  function run(inject: string): boolean {
    const options = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${inject.split(':')[0] ?? ''}`,
      '-e',
      `inject=${inject}`,
    ]
    const ended = spawnSync(
      'strace',
      [...options, process.execPath, mainFile, 'run', '--config', lab.config],
      {
        cwd: lab.folder,
        // One thread for files: strace counts the calls of each.
        env: { ...process.env, LANG: 'en', UV_THREADPOOL_SIZE: '1' },
      },
    )
    return ended.status !== 0
  }

  for (const { what, inject, step } of injections)
    it(`${what} leaves a log that verifies after the next run, at every one`, async function () {
      this.timeout(300_000)
      let at = 1
      while (run(`${inject}:when=${at}`)) {
        const next = await lab.oubli(['run'], { clock: () => Date.now() + leaseOver })
        expect(next.exit, `${at}: ${next.out}${next.err}`).to.equal(0)
        const key = join(lab.folder, 'keys/signing-key.verifier')
        const verified = await lab.oubli(['audit', 'verify', '--key', key])
        expect(verified.out, `${at}`).to.match(/^VERIFIED/m)
        at += step
      }
      expect(at, 'calls that were reached').to.be.greaterThan(step)
    })
})
