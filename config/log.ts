/**
 * What the program says while it works: events with typed fields, never a message and never an error object.
 * The log is not the evidence: a full disk or a killed process may lose lines of it.
 */
import { Writable } from 'node:stream'
import { once, type EventEmitter } from 'node:events'
import winston from 'winston'
import { systemClock, type Clock } from '../base/clock.ts'
import { fieldPatterns, type FieldType } from './event-fields.ts'
import { events, type EventCode, type EventShape, type FieldsOf, type Level } from './events.ts'
import { logFile } from './log-file.ts'
import type { LogSettings } from './settings.ts'

export interface Log {
  /** Fields that are not the event's, or do not look like their type, are left out and counted. */
  readonly event: <C extends EventCode>(code: C, fields: FieldsOf<C>) => void
  /** How many fields were left out since the start. */
  readonly dropped: () => number
  /** Resolves when every line has been written; the process may end after it, and not before. */
  readonly close: () => Promise<void>
}

type Fields = Readonly<Record<string, string | number>>

/** `write` gets one line at a time, without a line break. */
export function createLog(
  settings: LogSettings,
  write: (line: string) => void,
  clock: Clock = systemClock,
): Log {
  const file =
    settings.file === null
      ? null
      : logFile(settings.file, {
          onLost: (code) => {
            event('log.file-failed', { code })
          },
          onFound: (lines) => {
            event('log.file-written', { lines })
          },
        })
  const say = (line: string): void => {
    write(line)
    file?.append(line)
  }
  const transport = new winston.transports.Stream({ stream: lineStream(say), eol: '\n' })
  const logger = winston.createLogger({
    level: settings.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: winston.format.printf((info) => String(info.message)),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
    transports: [transport],
    exitOnError: false,
  })
  // What is said while it closes must not end a run.
  logger.on('error', () => undefined)
  let dropped = 0
  const event: Log['event'] = (code, given) => {
    const { fields, left } = allowed(code, given)
    dropped += left
    const level = levelOf(code, fields)
    const t = new Date(clock()).toISOString()
    const message =
      settings.format === 'json'
        ? JSON.stringify({ t, level, event: code, ...fields, ...(left > 0 ? { dropped: left } : {}) })
        : textLine(t, level, code, fields)
    logger.log({ level, message })
  }
  return {
    event,
    dropped: () => dropped,
    close: async () => {
      // The logger says that it is finished before what it feeds is.
      const finished = finishOf(transport)
      logger.end()
      await finished
      file?.close()
    },
  }
}

/** A transport that failed never finishes, so it is not waited for longer than this. */
const longestClose = 2000

async function finishOf(transport: EventEmitter): Promise<void> {
  await once(transport, 'finish', { signal: AbortSignal.timeout(longestClose) }).catch(() => undefined)
}

/** Only what the event's table knows, and only what looks like it. */
function allowed(code: EventCode, given: object): { readonly fields: Fields; readonly left: number } {
  const types: Readonly<Record<string, FieldType>> = events[code].fields
  const fields: Record<string, string | number> = {}
  let left = 0
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    if (type !== undefined && fits(type, value)) fields[name] = value
    else left += 1
  }
  return { fields, left }
}

function fits(type: FieldType, value: unknown): value is string | number {
  if (type === 'count') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return typeof value === 'string' && fieldPatterns[type].test(value)
}

function levelOf(code: EventCode, fields: Fields): Level {
  const shape: EventShape = events[code]
  return shape.louder?.(fields) ?? shape.level
}

/** A sentence for people. A field that the sentence does not mention follows it. */
function textLine(t: string, level: Level, code: EventCode, fields: Fields): string {
  const { text } = events[code]
  const sentence = text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(fields[name] ?? '?'))
  const others = Object.entries(fields)
    .filter(([name, value]) => !text.includes(`{${name}}`) && !String(value).includes('\n'))
    .map(([name, value]) => `${name}=${value}`)
  const tail = others.length === 0 ? '' : `  (${others.join(' ')})`
  return `${t.slice(0, 19)}Z  ${level.padEnd(5)}  ${code}  ${sentence}.${tail}`
}

function lineStream(write: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      write(String(chunk).replace(/\n$/, ''))
      done()
    },
  })
}
