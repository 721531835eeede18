import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { events, type EventCode } from '../../config/events.ts'
import { packageRoot } from '../../config/files.ts'
import { createLog, type Log } from '../../config/log.ts'
import type { LogSettings } from '../../config/settings.ts'
import { dayInWords } from '../../templates/words.ts'
import { temporaryFolder } from './temporary-folder.ts'

const at = Date.UTC(2026, 10, 22, 4, 30)
const plain: LogSettings = { format: 'text', level: 'debug', file: null }

function listening(change: Partial<LogSettings> = {}): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  return {
    log: createLog(
      { ...plain, ...change },
      (line) => lines.push(line),
      () => at,
    ),
    lines,
  }
}

/** Calls as a careless caller would, past the types. */
function careless(log: Log): (code: EventCode, ...rest: unknown[]) => void {
  return log.event as unknown as (code: EventCode, ...rest: unknown[]) => void
}

/** Every form that `whyStopped` of a run has, without the policies and numbers of a day. */
const ends: readonly string[] = [
  'all that was due is done',
  'observed only, nothing was changed',
  'no policy of this run warns',
  'the time of this run is used up, 381,200 left',
  'the slice is done, 381,200 left, and as much becomes due as a run takes',
  'the slice is done, 12 left, first mails wait for the warm-up; `oubli plan` shows until when',
  ...Array.from({ length: 12 }, (_, month) => {
    const day = dayInWords(Date.UTC(2027, month, 26), 'en', 'UTC')
    return `the slice is done, 1,200 left, done about ${day} (500 a run)`
  }),
  'a pilot of 1,000, 998 done and nothing of them left, 12 still due',
  'a pilot of 10, 10 done and not asked after, 0 still due',
  'refused by a safety stop: too many entries wait to be sealed',
  'refused by a safety stop: inactive-accounts, cookies_2, page-views',
  'refused, the data map does not fit the database: 3 problem(s)',
  'first mails pause: more than 2 % of the mails of seven days were refused or came back',
  'first mails pause: more than 12.5 % of the mails of seven days are put off',
  'inactive-accounts: not writable',
  'inactive-accounts: ER_LOCK_DEADLOCK',
  '2 row(s) of what was done are still there',
  '2 row(s) set aside',
  '2 row(s) busy in three runs or more',
  'interrupted by SIGTERM',
  'stopped by oubli stop',
  'relay cannot be reached',
  'too many refusals to be true, none was counted',
  'the mail to our own mailbox was not taken, no refusal was counted',
]

describe('the log', () => {
  const folder = temporaryFolder()

  it('says an event in a sentence for people', async () => {
    const { log, lines } = listening()
    log.event('policy.done', { run: 'r1', policy: 'inactive-accounts', done: 12, stopped: 'nothing left' })
    await log.close()
    expect(lines).to.deep.equal([
      '2026-11-22T04:30:00Z  info   policy.done  inactive-accounts: 12 done; nothing left.  (run=r1)',
    ])
  })

  it('says it as one object a line for machines', async () => {
    const { log, lines } = listening({ format: 'json' })
    log.event('slot.failed', { job: 'purge', code: 'ER_LOCK_DEADLOCK' })
    await log.close()
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      {
        t: '2026-11-22T04:30:00.000Z',
        level: 'error',
        event: 'slot.failed',
        job: 'purge',
        code: 'ER_LOCK_DEADLOCK',
      },
    ])
  })

  it('leaves out what is below its level', async () => {
    const { log, lines } = listening({ level: 'warn' })
    log.event('run.finished', { run: 'r1', exit: 0 })
    log.event('slot.missed', { job: 'warn', slot: '2026-11-22T09:00:00.000Z' })
    await log.close()
    expect(lines).to.have.length(1)
  })

  it('is louder where a run of the schedule did not end well', async () => {
    const { log, lines } = listening({ level: 'warn' })
    log.event('why.stopped', { job: 'purge', exit: 0, why: 'all that was due is done' })
    log.event('why.stopped', { job: 'purge', exit: 4, why: 'refused by a safety stop: page-views' })
    await log.close()
    expect(lines).to.deep.equal([
      '2026-11-22T04:30:00Z  warn   why.stopped  purge ended with exit code 4.  (why=refused by a safety stop: page-views)',
    ])
  })

  it('lets no planted value out, wherever a caller puts it', async () => {
    const token = 'alice@example.org'
    const error = Object.assign(new Error(`Duplicate entry '${token}'`), { sqlMessage: token, name: token })
    for (const format of ['text', 'json'] as const) {
      const { log, lines } = listening({ format })
      const event = careless(log)
      let given = 0
      for (const code of Object.keys(events) as EventCode[]) {
        const known = Object.keys(events[code].fields)
        for (const name of [
          ...known,
          'email',
          'message',
          'level',
          'event',
          'stack',
          '__proto__',
          'constructor',
        ]) {
          for (const value of [token, error, { token }, [token], `x ${token}`, () => token]) {
            if (name === '__proto__') event(code, Object.fromEntries([[name, value]]))
            else event(code, { [name]: value })
            given += 1
          }
        }
        event(code, error, error, token)
      }
      await log.close()
      expect(lines.length).to.be.above(given)
      expect(lines.join('\n')).not.to.contain('alice').and.not.to.contain('example')
      expect(log.dropped()).to.be.at.least(given)
    }
  })

  it('drops a count that is no count, and tells how much it dropped', async () => {
    const { log, lines } = listening({ format: 'json' })
    for (const exit of [-1, 1.5, Number.NaN, '3', 2 ** 60]) careless(log)('run.finished', { run: 'r1', exit })
    await log.close()
    expect(log.dropped()).to.equal(5)
    expect(lines.every((line) => line.includes('"dropped":1'))).to.equal(true)
  })

  it('takes phrases of ours with a code or a signal in them, and no capitalised name', async () => {
    const { log } = listening()
    for (const stopped of ['slice', 'interrupted by SIGTERM', 'ER_LOCK_DEADLOCK', 'slice, 12 left']) {
      log.event('policy.done', { stopped })
    }
    expect(log.dropped()).to.equal(0)
    log.event('policy.done', { stopped: 'seen by Alice' })
    expect(log.dropped()).to.equal(1)
    await log.close()
  })

  for (const why of ends)
    it(`takes how a run ended: ${why}`, async () => {
      const { log } = listening()
      for (const said of [
        why,
        `${why}; the evidence waits to be sealed: E_FILE_UNWRITABLE`,
        `${why}; not told to the ledger: E_FILE_UNWRITABLE`,
      ])
        log.event('why.stopped', { job: 'purge', exit: 0, why: said })
      expect(log.dropped()).to.equal(0)
      await log.close()
    })

  it('takes a month in a whole day only, and no name beside it', async () => {
    const { log } = listening()
    const names = ['seen by April', '26 April', 'April 2027', '26 Alice 2027', 'alice@example.org', 'a. b']
    for (const why of [...names, '`rm x`', '`oubli Alice`', '% off', 'Alice: not writable'])
      log.event('why.stopped', { why })
    expect(log.dropped()).to.equal(10)
    await log.close()
  })

  it('takes every reason for which a row is set aside', async () => {
    const { log } = listening()
    const codes = [
      'count',
      'too heavy',
      'unreadable json',
      'ER_ROW_IS_REFERENCED_2',
      'SQLITE_CONSTRAINT_TRIGGER',
    ]
    for (const code of codes) log.event('row.set-aside', { row: 'account#0123456789ab', code })
    expect(log.dropped()).to.equal(0)
    for (const code of ['too many', 'stays Alice', 'a@b.example']) log.event('row.set-aside', { code })
    expect(log.dropped()).to.equal(3)
    await log.close()
  })

  it('takes the frames of an error without its message', async () => {
    const { log, lines } = listening({ format: 'json' })
    const stack = '    at work (file:///srv/oubli/dist/jobs/run.js:3:4)\n    at node:internal/x:1:2'
    log.event('error.unexpected', { name: 'TypeError', stack })
    careless(log)('error.unexpected', { stack: `Error: alice\n${stack}` })
    await log.close()
    expect(lines[0]).to.contain('run.js:3:4')
    expect(lines[1]).not.to.contain('alice')
  })

  it('has written every line to its file when it is closed, even if the process ends at once', () => {
    const file = folder.in('oubli.log')
    const module = new URL('../../config/log.js', import.meta.url).href
    const script = folder.in('script.mjs')
    writeFileSync(
      script,
      `import { createLog } from ${JSON.stringify(module)}
       let seen = 0
       const log = createLog({ format: 'json', level: 'info', file: ${JSON.stringify(file)} }, () => { seen += 1 })
       for (let exit = 0; exit < 3000; exit++) log.event('run.finished', { run: 'r1', exit })
       await log.close()
       process.stdout.write(String(seen), () => process.exit(0))`,
    )
    const seen = execFileSync(process.execPath, [script], { cwd: packageRoot() }).toString()
    expect(pathToFileURL(file).href).to.contain('oubli.log')
    expect(seen).to.equal('3000')
    const written = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(written).to.have.length(3000)
    expect(JSON.parse(written.at(-1)!)).to.include({ exit: 2999 })
  })

  for (const [what, place, code] of [
    ['a folder', () => folder.in(), 'EISDIR'],
    ['a full disk', () => '/dev/full', 'ENOSPC'],
    ['under a file', () => join(folder.in('file'), 'oubli.log'), /^(?:EEXIST|ENOTDIR)$/],
  ] as const)
    it(`goes on when its file is ${what}: nothing is lost elsewhere, and it is told once`, async () => {
      writeFileSync(folder.in('file'), '')
      const { log, lines } = listening({ file: place(), format: 'json', level: 'info' })
      for (let exit = 0; exit < 2000; exit += 1) {
        log.event('run.finished', { run: 'r'.repeat(60), exit })
        if (exit % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await log.close()
      const told = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      const ends = told.flatMap(({ event, exit }) => (event === 'run.finished' ? [exit] : []))
      expect(ends).to.deep.equal(Array.from({ length: 2000 }, (_, exit) => exit))
      const others = told.filter(({ event }) => event !== 'run.finished')
      expect(others.map(({ level, event }) => [level, event])).to.deep.equal([['error', 'log.file-failed']])
      if (typeof code === 'string') expect(others[0]?.['code']).to.equal(code)
      else expect(others[0]?.['code']).to.match(code)
    })

  it('says in its sentence which code has its page', async () => {
    const { log, lines } = listening({ file: folder.in() })
    log.event('run.finished', { run: 'r1', exit: 0 })
    await log.close()
    expect(lines[1]).to.match(/ error {2}log\.file-failed {2}E_FILE_UNWRITABLE: log\.file .*\(EISDIR\)/)
  })

  it('follows a file that was moved away, and goes on where its place is there again', async () => {
    const file = folder.in('moved/oubli.log')
    const { log, lines } = listening({ file, format: 'json' })
    const exitsIn = (path: string): readonly unknown[] =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly exit?: number; readonly lines?: number }).exit ?? null)
    const say = (exit: number): void => {
      log.event('run.finished', { run: 'r1', exit })
    }
    say(1)
    renameSync(file, `${file}.1`)
    say(2)
    // Where the place of the file is taken, then free again.
    renameSync(file, `${file}.2`)
    mkdirSync(file)
    say(3)
    say(4)
    rmdirSync(file)
    say(5)
    await log.close()
    expect([exitsIn(`${file}.1`), exitsIn(`${file}.2`)]).to.deep.equal([[1], [2]])
    // The word of the failure was said while it lasted.
    expect(exitsIn(file)).to.deep.equal([5, null])
    expect(readFileSync(file, 'utf8')).to.match(/"log\.file-written","lines":3/)
    expect(lines).to.have.length(7)
  })
})
