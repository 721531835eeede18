/** A line that may hold what a stranger wrote: a file's text or name must not steer the terminal. */
export function printable(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (found) => `\\u{${found.codePointAt(0)?.toString(16) ?? ''}}`,
  )
}
