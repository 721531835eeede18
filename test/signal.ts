/** Lets one side of a test wait for the other, however fast the machine is. */
export interface Signal {
  readonly given: Promise<void>
  readonly give: () => void
}

export function signal(): Signal {
  const made: { give: () => void } = { give: () => undefined }
  const given = new Promise<void>((resolve) => {
    made.give = resolve
  })
  return {
    given,
    give: () => {
      made.give()
    },
  }
}
