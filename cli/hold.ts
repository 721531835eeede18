import type { Command } from 'commander'
import type { Instant } from '../base/clock.ts'
import { OubliError } from '../base/errors.ts'
import { activeHolds, endHold, setHold } from '../jobs/hold.ts'
import { prepare } from '../jobs/prepare.ts'
import { civilDate, compareDates, type CivilDate } from '../plan/civil.ts'
import type { Language } from '../policies/problem.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { dayOption } from './day-option.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { keyOf } from './key.ts'
import { nameOption } from './name-option.ts'
import { day, number, table } from './table.ts'
import { words } from './words.ts'

interface AddOptions extends CommonOptions {
  readonly matter: string
  readonly because: string
  readonly by: string
  readonly reviewBy: string
  readonly putBack?: boolean
}

const backText = 'What the log says of their erasure counts no more: no replay takes them again.'
const notBackText =
  'Nothing here says that a person with this key and identity was erased, so no replay would take them. If they were, put the columns of their identity back as they were, release this hold and set it again.'

/** A day that is over is most likely of the wrong year. Throws `OubliError` `E_DAY` or `E_REVIEW_DAY`. */
function reviewDay(text: string, now: Instant, zone: string): CivilDate {
  const day = civilDate(dayOption('--review-by', text, zone), zone)
  const today = civilDate(now, zone)
  if (compareDates(day, today) >= 0) return day
  throw new OubliError(
    'settings',
    'E_REVIEW_DAY',
    `--review-by: expected ${today} or a later day, found ${day}`,
    'Say the day by which somebody looks at the hold again. Nothing was held.',
  )
}

/** `oubli hold add | release | list`: what a hold covers, no policy touches. */
export function addHold(program: Command, io: Io, done: Done): void {
  const hold = program.command('hold').description('legal holds: what a hold covers, no policy touches')
  const add = hold
    .command('add')
    .argument('<kind>')
    .argument('<key>', 'the key; a composite key as value,value')
    .requiredOption('--matter <name>', 'the case it belongs to')
    .requiredOption('--because <text>', 'the reason, for the officer who reviews it')
    .requiredOption('--by <name>', 'who sets it')
    .requiredOption('--review-by <day>', 'YYYY-MM-DD')
    .option('--put-back', 'they were erased wrongly and put back: no replay takes them again')
    .description('keep a person, whatever the policies say')
  describeCommand(
    add,
    'oubli hold add account 42 --matter 2026-17 --because "dispute" --by DPO --review-by 2027-05-01',
    [0, 1, 2, 4, 6],
  ).action(async (kind: string, key: string, options: AddOptions) => {
    await withContext(io, options, async (ctx) => {
      const lang = language(io, options)
      const prepared = await prepare(ctx, lang)
      const { id, putBack } = await setHold(ctx, prepared, {
        kind,
        key: keyOf(key),
        matter: options.matter,
        because: options.because,
        by: nameOption('--by', options.by),
        reviewBy: reviewDay(options.reviewBy, await ctx.now(), prepared.dataMap.zone),
        putBack: options.putBack === true,
      })
      const back = options.putBack === true ? { put_back: putBack } : {}
      if (options.json === true) io.out(JSON.stringify({ hold: id, ...back }))
      else {
        if (options.putBack === true) io.out(words(lang, putBack ? backText : notBackText))
        io.out(words(lang, 'Hold {id} is set.', { id }))
      }
      done(0)
    })
  })
  const release = hold
    .command('release')
    .argument('<id>')
    .requiredOption('--by <name>', 'who releases it')
    .description('let the policies act again')
  describeCommand(release, 'oubli hold release 9f0c… --by DPO', [0, 1, 2, 4, 6]).action(
    async (id: string, options: CommonOptions & { readonly by: string }) => {
      await withContext(io, options, async (ctx) => {
        await endHold(ctx, id, nameOption('--by', options.by))
        const told = words(language(io, options), 'Hold {id} is released.', { id })
        io.out(options.json === true ? JSON.stringify({ released: id }) : told)
        done(0)
      })
    },
  )
  describeCommand(hold.command('list').description('active holds'), 'oubli hold list', [0, 1, 2, 4]).action(
    async (options: CommonOptions) => {
      await withContext(io, options, async (ctx) => {
        const holds = await activeHolds(ctx)
        const lang = language(io, options)
        if (options.json === true) io.out(JSON.stringify(holds))
        else for (const line of listLines(holds, lang, ctx.settings.schedule.zone)) io.out(line)
        done(0)
      })
    },
  )
}

function listLines(
  holds: Awaited<ReturnType<typeof activeHolds>>,
  lang: Language,
  zone: string,
): readonly string[] {
  const titles = ['HOLD', 'KIND', 'MATTER', 'SET ON', 'REVIEW BY'] as const
  return [
    ...table(
      titles.map((title) => ({ title: words(lang, title) })),
      holds.map((one) => [one.id, one.kind, one.matter, day(Date.parse(one.setAt), zone), one.reviewBy]),
    ),
    words(lang, '{count} active hold(s)', { count: number(holds.length, lang) }),
  ]
}
