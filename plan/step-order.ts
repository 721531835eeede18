/** Puts steps leaves first, and opens rings of foreign keys at a reference that may be NULL. */
import type { Step } from './compiled.ts'
import { tell, type Findings } from './plan-problem.ts'
import type { Need } from './references.ts'
import { columnOf, type SiteSchema } from './site-schema.ts'

interface Edge {
  readonly from: string
  readonly to: string
  /** Null: a tie without a foreign key, which orders but cannot be violated. */
  readonly columns: readonly string[] | null
  readonly table: string
}

/**
 * Steps in write order. A ring without a nullable reference is told with its path, and the steps come back
 * as they were.
 */
export function orderSteps(
  steps: readonly Step[],
  needs: readonly Need[],
  schema: SiteSchema,
  findings: Findings,
): readonly Step[] {
  let edges = edgesOf(steps, needs)
  const nullFirst = new Map<string, string[]>()
  for (;;) {
    const names = steps.map((step) => step.name)
    const ring = strongComponents(names, edges).find((component) => component.length > 1)
    if (ring === undefined) break
    const inside = edges.filter((edge) => ring.includes(edge.from) && ring.includes(edge.to))
    const open =
      inside.find((edge) => edge.columns === null) ?? inside.find((edge) => opens(edge, steps, schema))
    if (open === undefined) {
      tell(findings, 'E_CYCLE', { table: inside[0]?.table ?? '', params: { path: pathOf(inside) } })
      return steps
    }
    if (open.columns !== null)
      nullFirst.set(open.from, [...(nullFirst.get(open.from) ?? []), ...open.columns])
    edges = edges.filter((edge) => edge !== open)
  }
  return leavesFirst(steps, edges).map((step) => ({ ...step, nullFirst: nullFirst.get(step.name) ?? [] }))
}

/** References beside the tree stand first, so that they are opened before a kind's own link. */
function edgesOf(steps: readonly Step[], needs: readonly Need[]): readonly Edge[] {
  const beside = needs.flatMap(({ from, to, foreignKey }): readonly Edge[] =>
    from === null || to === null ? [] : [{ from, to, columns: foreignKey.columns, table: foreignKey.table }],
  )
  const tree = steps.flatMap((step): readonly Edge[] => {
    const columns = step.join.enforced ? step.join.columns.map((pair) => pair.own) : null
    return step.from === null ? [] : [{ from: step.name, to: step.from, columns, table: step.table }]
  })
  return [...beside, ...tree]
}

/** An archived column has to be copied before it is emptied, so it cannot open a ring. */
function opens(edge: Edge, steps: readonly Step[], schema: SiteSchema): boolean {
  const then = steps.find((step) => step.name === edge.from)?.then
  const archived = then?.act === 'archive' ? then.columns.map(({ from }) => from) : []
  const table = schema.get(edge.table)
  return (edge.columns ?? []).every(
    (name) => table !== undefined && columnOf(table, name)?.nullable === true && !archived.includes(name),
  )
}

function pathOf(edges: readonly Edge[]): string {
  const path: string[] = []
  let at = edges[0]
  const first = at?.from ?? ''
  const seen = new Set<string>()
  while (at !== undefined && !seen.has(at.from)) {
    seen.add(at.from)
    path.push(`${at.from}.${(at.columns ?? []).join('+')}`)
    const next: string = at.to
    at = edges.find((edge) => edge.from === next)
  }
  return [...path, at?.from ?? first].join(' → ')
}

/** Tarjan's strongly connected components, as lists of step names. */
export function strongComponents(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const components: string[][] = []
  function visit(name: string): void {
    const own = index.size
    index.set(name, own)
    let least = own
    stack.push(name)
    for (const { to } of edges.filter((edge) => edge.from === name)) {
      if (!index.has(to)) visit(to)
      if (stack.includes(to)) least = Math.min(least, low.get(to) ?? index.get(to) ?? least)
    }
    low.set(name, least)
    if (least === own) components.push(stack.splice(stack.indexOf(name)))
  }
  for (const name of names) if (!index.has(name)) visit(name)
  return components
}

/** A step follows everything that refers to it; ties are settled by the order of the data map. */
function leavesFirst(steps: readonly Step[], edges: readonly Edge[]): readonly Step[] {
  const ordered: Step[] = []
  let rest = [...steps]
  while (rest.length > 0) {
    const names = new Set(rest.map((step) => step.name))
    const next = rest.find((step) => !edges.some((edge) => edge.to === step.name && names.has(edge.from)))
    if (next === undefined) throw new Error('rings were opened before')
    ordered.push(next)
    rest = rest.filter((step) => step !== next)
  }
  return ordered
}
