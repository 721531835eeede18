/**
 * The sealer, in the order of `jobs/seal.ts`, over the real tree and checkpoints. What lies in files there is
 * computed anew here; what becomes of files is for `test/jobs/seal-faults.test.ts`.
 */
import { checkpointText, readCheckpoint, type Checkpoint } from '../../audit/checkpoint.ts'
import { growingTree, leafHash, type GrowingTree } from '../../audit/merkle.ts'
import { release, takeLease } from './lease-model.ts'
import type { Steps } from './server.ts'
import { insist } from './transaction.ts'
import type { Process } from './world.ts'

const pageSize = 3

export function* seal(process: Process): Steps<void> {
  const { world, server } = process
  const held = yield* takeLease(process, 'seal', world.truth.now)
  if (held === null) return
  const before = [...server.committed.all('entries')].map(([id]) => id)
  const tree = growingTree()
  const last = lastCheckpoint(process)
  const ended = replay(process, tree, last) && (yield* sealNew(process, tree))
  if (ended) {
    yield 'sealed, not signed yet'
    if (last === null || last.size !== tree.size()) sign(process, tree)
    world.truth.sealings.push({ before })
    world.note(process.name, `signs a checkpoint over ${tree.size()}`)
  }
  yield 'signed'
  yield* release(process, 'seal')
}

function lastCheckpoint({ world }: Process): Checkpoint | null {
  const last = world.checkpoints.at(-1)
  return last === undefined ? null : { origin: '', size: last.size, root: Buffer.from(last.root, 'base64') }
}

/** Through the text of a checkpoint and back, as a reader of the file would see it. */
function sign({ world }: Process, tree: GrowingTree): void {
  const text = checkpointText({ origin: 'site.example/oubli', size: tree.size(), root: tree.root() })
  const read = readCheckpoint(text)
  if (read === null) throw new Error('a checkpoint must be readable')
  world.checkpoints.push({ size: read.size, root: Buffer.from(read.root).toString('base64') })
}

/** False: the log is not the one that was signed, and nothing is signed again. */
function replay(process: Process, tree: GrowingTree, last: Checkpoint | null): boolean {
  const { committed } = process.server
  const size = process.server.count('seals')
  for (let index = 0; index < size; index += 1) {
    const id = committed.get('seals', String(index))?.entry ?? ''
    tree.add(leafHash(committed.get('entries', id)?.leaf ?? ''))
    if (tree.size() === last?.size && Buffer.compare(tree.root(), last.root) !== 0) return false
  }
  return last === null || tree.size() >= last.size
}

function* sealNew(process: Process, tree: GrowingTree): Steps<boolean> {
  for (;;) {
    const page = unsealed(process).slice(0, pageSize)
    if (page.length === 0) return true
    const from = tree.size()
    const outcome = yield* insist(process, function* (tx) {
      page.forEach(({ id }, i) => {
        tx.put('seals', String(from + i), { entry: id })
      })
      yield 'sealing'
    })
    if (outcome.state !== 'committed') return false
    for (const { leaf } of page) tree.add(leafHash(leaf))
  }
}

interface Fresh {
  readonly id: string
  readonly no: number
  readonly at: number
  readonly leaf: string
}

/** Entries without a place: an anti-join, or what the defect takes for one. */
function unsealed(process: Process): readonly Fresh[] {
  const { committed } = process.server
  const places = new Set<string>()
  for (const [, { entry }] of committed.all('seals')) places.add(entry)
  const all = [...committed.all('entries')].map(([id, { no, at, leaf }]) => ({ id, no, at, leaf }))
  all.sort((a, b) => a.at - b.at || a.no - b.no)
  const { defect } = process.world
  if (defect === 'sealed by high-water mark') {
    const mark = Math.max(0, ...all.filter(({ id }) => places.has(id)).map(({ no }) => no))
    return all.filter(({ no }) => no > mark)
  }
  return all.filter(({ id }) => !places.has(id))
}
