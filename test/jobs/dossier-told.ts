/** What `oubli dossier --json` says, as far as the tests look at it. */
export interface Told {
  readonly clock: {
    readonly text: string
    readonly signs: readonly {
      readonly column: string
      readonly people: string
      readonly years: string
      readonly verdict: string
    }[]
  }
  readonly firsts: readonly { readonly approved: string; readonly lines: readonly string[] }[]
  readonly pilots: readonly {
    readonly id: string
    readonly done: string
    readonly clean: boolean
    readonly found: string
    readonly terms: string
  }[]
  readonly backlogs: readonly {
    readonly text: string
    readonly rows: readonly { readonly month: string; readonly left: string }[]
  }[]
}
