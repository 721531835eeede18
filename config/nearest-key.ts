/** "Did you mean …?" for the names of settings. */

/** The known name that a slip of the hand most likely meant; null when none is near. */
export function nearestKey(name: string, known: readonly string[]): string | null {
  const scored = known.map((each) => ({
    each,
    distance: distanceBetween(name.toLowerCase(), each.toLowerCase()),
  }))
  const [best] = scored.sort((a, b) => a.distance - b.distance)
  return best !== undefined && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.each : null
}

/** Letters to insert, delete or replace. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
