/** The calendar of warnings and erasures: a line a day for two weeks, then a week, then a month. */
import { partsOf, dayFrom } from '../plan/day.ts'
import type { CalendarDay } from '../plan/calendar.ts'
import type { Language } from '../policies/problem.ts'
import { number, table } from './table.ts'
import { words } from './words.ts'

const daysAlone = 14
const weeksAlone = 26 * 7

/** None where nothing is to come. */
export function calendarLines(days: readonly CalendarDay[], lang: Language): readonly string[] {
  const [first] = days
  const last = days.at(-1)
  if (first === undefined || last === undefined) return []
  const span = last.day - first.day
  const groups = new Map<string, CalendarDay>()
  for (const one of days) {
    const title = titleOf(one.day, span)
    const before = groups.get(title)
    groups.set(title, before === undefined ? one : together(before, one))
  }
  return [
    '',
    words(lang, 'Calendar, at the latest: nobody comes back, nobody new falls due'),
    ...table(
      [
        { title: words(lang, span < daysAlone ? 'DAY' : span < weeksAlone ? 'WEEK OF' : 'MONTH') },
        { title: words(lang, 'FIRST MAILS'), right: true },
        { title: words(lang, 'LATER MAILS'), right: true },
        { title: words(lang, 'ERASURES'), right: true },
      ],
      [...groups].map(([title, one]) => [
        title,
        number(one.first, lang),
        number(one.later, lang),
        number(one.erased, lang),
      ]),
    ),
  ]
}

function titleOf(day: number, span: number): string {
  if (span < daysAlone) return text(day)
  // 1970-01-01 was a Thursday.
  if (span < weeksAlone) return text(day - ((((day + 3) % 7) + 7) % 7))
  const { year, month } = partsOf(day)
  return text(dayFrom({ year, month, day: 1 })).slice(0, 7)
}

function text(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

function together(a: CalendarDay, b: CalendarDay): CalendarDay {
  return { day: a.day, first: a.first + b.first, later: a.later + b.later, erased: a.erased + b.erased }
}

/** For scripts: every day, as a date. */
export function calendarJson(days: readonly CalendarDay[]): readonly object[] {
  return days.map(({ day, first, later, erased }) => ({
    day: text(day),
    first_mails: first,
    later_mails: later,
    erasures: erased,
  }))
}
