/**
 * The queue of a node's job, and the data that the job carries.
 * @example For `chunks.*.extract`, which reads its item and calls `text.extract`, in item 3:
 * { queue: "steps.text", priority: 0, role: "step", name: "text.extract", loads: ["@chunks.3"],
 *   data: '"role":"step","format":1,"loads":["@chunks.3"]}' }
 */
export interface Route {
  /** Queue without prefix: `steps.text`. */
  readonly queue: string;
  readonly priority: number;
  readonly role: "step" | "enter" | "exit" | "item";
  /** Job name on the queue board: the action, or the role of a control node. */
  readonly name: string;
  /**
   * What a claim loads: instances, `_input`, `@<map>.<index>` (an item), `#<container>` (its counters). Absent if the
   * worker loads everything itself.
   */
  readonly loads?: readonly string[];
  /**
   * The end of the job's data: JSON text without its opening brace. Ids only, never payloads. A script prepends the part
   * that differs per job, `{"run":"r1","step":"chunks.3.extract","gen":0,`, so that it does not decode any JSON.
   */
  readonly data: string;
  /** Its `if` reads the status of a dependency, so skipped dependencies alone do not skip it. */
  readonly aware?: true;
  /** If this node begins a branch: the instance of the parallel whose `width` limits its branches. */
  readonly branchOf?: string;
  readonly width?: number;
}

/**
 * A node that waits for the settled one.
 * @example In a diamond a -> (b, c) -> d, both `b` and `c` have { instance: "d", indegree: 2, route }. Each settlement
 * adds 1 to the arrivals of `d`, and the second one makes it ready.
 */
export interface Dependent {
  readonly instance: string;
  /**
   * Number of arrivals that make it ready. 0 if the container's enter decides: an exit with 5 arriving items starts at -5
   * and is ready at 0.
   */
  readonly indegree: number;
  readonly route: Route;
}

/**
 * How a script starts the next item of a map without knowing the graph. A root's instance is `before` + index + `after`,
 * and the index replaces each `*` in the route's `data` and `loads`.
 * @example The map `chunks`, whose body begins with `extract`, has the root { before: "chunks.", after: ".extract",
 * route: { loads: ["@chunks.*"], … } }. Item 3 becomes the instance `chunks.3.extract`, which loads `@chunks.3`.
 */
export interface ItemTemplate {
  /** Instance of the map. */
  readonly map: string;
  readonly roots: readonly { readonly before: string; readonly after: string; readonly route: Route }[];
}
