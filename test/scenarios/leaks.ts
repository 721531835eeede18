/** Looks for personal values in what the program wrote, in every disguise that a program gives a text. */

/** Shorter values could stand anywhere by chance, so a test must not use them. */
export const shortestToken = 6

/** Reads the text once; what it gives names the disguises in which a token is found in it. */
export function leakFinder(text: string): (token: string) => readonly string[] {
  const lower = text.toLowerCase()
  const soft = text.replace(/=\r?\n/g, '').toLowerCase()
  const unbroken = text.replace(/[\r\n]/g, '')
  return (token) => {
    const { plain, cores, quoted, url, hex } = disguises(token)
    const found: string[] = []
    if (lower.includes(plain)) found.push('raw')
    if (cores.some((core) => unbroken.includes(core))) found.push('base64')
    if (quoted !== plain && soft.includes(quoted)) found.push('quoted-printable')
    if (url !== plain && lower.includes(url)) found.push('URL')
    if (lower.includes(hex)) found.push('hex')
    return found
  }
}

interface Disguises {
  readonly plain: string
  readonly cores: readonly string[]
  readonly quoted: string
  readonly url: string
  readonly hex: string
}

const known = new Map<string, Disguises>()

/** All but base64 in small letters. */
function disguises(token: string): Disguises {
  const before = known.get(token)
  if (before !== undefined) return before
  const bytes = Buffer.from(token, 'utf8')
  const made: Disguises = {
    plain: token.toLowerCase(),
    cores: base64Cores(bytes),
    quoted: quotedPrintable(bytes).toLowerCase(),
    url: encodeURIComponent(token).toLowerCase(),
    hex: bytes.toString('hex'),
  }
  known.set(token, made)
  return made
}

/** What base64 says of the bytes whatever stands before and after them: one text for each alignment. */
function base64Cores(bytes: Buffer): readonly string[] {
  const cores = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const cut = (before + bytes.length) % 3 === 0 ? text : text.slice(0, -1)
    return cut.slice([0, 2, 3][before])
  })
  return [...new Set(cores.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')]))]
}

function quotedPrintable(bytes: Buffer): string {
  return [...bytes]
    .map((byte) =>
      byte > 126 || byte < 32 || byte === 61
        ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('')
}
