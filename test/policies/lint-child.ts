/** Lints one bad folder twice in a process of its own: the second parse is the one that used to end Node. */
import { saidOf } from './bad-corpus.ts'

const folder = process.argv[2] ?? ''
saidOf(folder)
process.stdout.write(saidOf(folder).join('\n'))
