/** Published figures: a copy of what the tests need, with the source named in each file. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface InclusionVector {
  /** Decimal text: one of them is 2^64 - 1. */
  readonly leafIdx: string
  readonly treeSize: number
  readonly root: string
  readonly leafHash: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
  readonly file: string
}

export interface ConsistencyVector {
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
  readonly file: string
}

/** The compiled tests lie elsewhere than the figures, so the package's folder is looked up. */
export function vectorText(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    try {
      return readFileSync(join(folder, 'test/audit/vectors', name), 'utf8')
    } catch (error) {
      if (folder === dirname(folder)) throw error
      folder = dirname(folder)
    }
  }
}

export function inclusionVectors(): readonly InclusionVector[] {
  const file = JSON.parse(vectorText('rfc6962-inclusion.json')) as { vectors: readonly InclusionVector[] }
  return file.vectors
}

export function consistencyVectors(): readonly ConsistencyVector[] {
  const file = JSON.parse(vectorText('rfc6962-consistency.json')) as { vectors: readonly ConsistencyVector[] }
  return file.vectors
}

export function bytes(base64: string): Uint8Array {
  return Buffer.from(base64, 'base64')
}
