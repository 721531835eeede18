/** Just enough MIME to read our own mails and delivery reports. Tolerant, bounded, and never throws. */

export interface Part {
  /** Names in small letters, unfolded values; the first of a name counts. */
  readonly headers: ReadonlyMap<string, string>
  /** As it came, one character per byte. */
  readonly body: string
}

const largest = 1_000_000
const deepest = 4

/** What is longer than a megabyte is cut: nothing that we look for stands there. */
export function readPart(bytes: Uint8Array): Part {
  return partOf(Buffer.from(bytes.subarray(0, largest)).toString('latin1').replaceAll('\r\n', '\n'))
}

function partOf(text: string): Part {
  if (text.startsWith('\n')) return { headers: new Map(), body: text.slice(1) }
  const gap = text.indexOf('\n\n')
  return gap === -1
    ? { headers: readFields(text), body: '' }
    : { headers: readFields(text.slice(0, gap)), body: text.slice(gap + 2) }
}

/** `Name: value` lines with folded values, as in heads and delivery reports. */
export function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const found = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line)
    const name = found?.[1]?.toLowerCase()
    if (name !== undefined && !fields.has(name)) fields.set(name, (found?.[2] ?? '').trim())
  }
  return fields
}

/** `text/html` of `Text/HTML; charset=utf-8`. */
export function contentType(part: Part): string {
  return (part.headers.get('content-type') ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** A parameter of the content type, without its quotes. */
export function parameter(part: Part, name: string): string | null {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(
    part.headers.get('content-type') ?? '',
  )
  return found?.[1] ?? found?.[2] ?? null
}

/** The part itself and every part inside it, outermost first. */
export function allParts(part: Part, depth = 0): readonly Part[] {
  const boundary = contentType(part).startsWith('multipart/') ? parameter(part, 'boundary') : null
  if (boundary === null || boundary === '' || depth === deepest) return [part]
  const pieces = `\n${part.body}`.split(`\n--${boundary}`).slice(1)
  const inner: Part[] = []
  for (const piece of pieces) {
    if (piece.startsWith('--')) break
    inner.push(partOf(piece.replace(/^[ \t]*\n/, '')))
  }
  return [part, ...inner.flatMap((one) => allParts(one, depth + 1))]
}

/** The body with its transfer encoding undone. */
export function decodedBody(part: Part): Uint8Array {
  const encoding = part.headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit'
  if (encoding === 'base64') return Buffer.from(part.body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(part.body, 'latin1')
  const plain = part.body
    .split('\n')
    .map(withoutEndBlanks)
    .join('\n')
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

/** The same as text, one character per byte. Lines that were encoded end in CRLF even where the mail's own do not. */
export function decodedText(part: Part): string {
  return Buffer.from(decodedBody(part)).toString('latin1').replaceAll('\r\n', '\n')
}

/** Counted from the end: `/[ \t]+$/` takes time by the square of the blanks. */
function withoutEndBlanks(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1
  return line.slice(0, end)
}
