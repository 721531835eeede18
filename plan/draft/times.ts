/** Times as texts that hold several things write them: key-value rows, JSON. */
import type { TimeFormat } from '../../policies/data-map.ts'
import type { ValueShape } from './shapes.ts'

export const times: readonly {
  readonly shapes: readonly ValueShape[]
  readonly format: TimeFormat
  readonly looks: string
}[] = [
  { shapes: ['epoch seconds'], format: 'epoch seconds', looks: 'epoch seconds' },
  { shapes: ['epoch milliseconds'], format: 'epoch milliseconds', looks: 'epoch milliseconds' },
  { shapes: ['14 digits'], format: '14 digits', looks: '14 digits' },
  { shapes: ['datetime'], format: 'datetime', looks: 'date and time' },
  { shapes: ['iso in UTC', 'iso with offset'], format: 'iso text', looks: 'ISO 8601' },
]
