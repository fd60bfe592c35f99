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
  /**
   * The tail of the job's data: JSON text without its opening brace, ids only, never payloads. A script writes the part that differs
   * per job in front of it, `{"run":"r1","step":"chunks.3.extract","gen":0,` + `"role":"step",…}`, and so makes the data of a job
   * without decoding any JSON.
   */
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
  /**
   * How many must arrive. 0: the container's enter decides how many, and the counter starts below zero: an exit that 5 items arrive
   * at starts at -5 and is ready at 0.
   */
  readonly indegree: number;
  readonly route: Route;
}

/**
 * How a script begins the next item of a map without knowing the graph: it puts the index between `before` and `after`, and for
 * each `*` in the route's `data` and `loads`.
 *
 * Example: the map `chunks`, whose body begins with the step `extract`, has the root { before: "chunks.", after: ".extract",
 * route: { loads: ["@chunks.*"], … } }. Item 3 becomes the instance `chunks.3.extract`, which loads `@chunks.3`.
 */
export interface ItemTemplate {
  /** The map (instance). */
  readonly map: string;
  readonly roots: readonly { readonly before: string; readonly after: string; readonly route: Route }[];
}
