/** Where the job of a node goes, and what it carries. */
export interface Route {
  /** Queue without prefix: `steps.text`. */
  readonly queue: string;
  readonly priority: number;
  readonly role: "step" | "enter" | "exit" | "item";
  /** The name the board shows: the action's, or the role of a control node. */
  readonly name: string;
  /** What a claim loads: instances, `_input`, `@<map>.<index>` (an item), `#<container>` (its counters). Absent: the worker loads it itself. */
  readonly loads?: readonly string[];
  /** The tail of the job's data, JSON text after `"gen":n,`: ids only, never payloads. */
  readonly data: string;
  /** Its `if` mentions the status of a dependency: skipped dependencies alone do not skip it. */
  readonly aware?: true;
  /** The parallel (instance) whose `width` bounds its branches, when this node begins one. */
  readonly branchOf?: string;
  readonly width?: number;
}

/** A node that waits for the one that is settled. */
export interface Dependent {
  readonly instance: string;
  /** How many must arrive. 0: decided by the container's enter (its counter starts at -n and is ready at 0). */
  readonly indegree: number;
  readonly route: Route;
}

/** How the items of a map are begun: scripts put the index between `before` and `after`, and for `*` in the route. */
export interface ItemTemplate {
  /** The map (instance). */
  readonly map: string;
  readonly roots: readonly { readonly before: string; readonly after: string; readonly route: Route }[];
}
