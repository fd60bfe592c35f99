import type { StepKind } from "../definition/schema.js";
import { conditional } from "./conditional.js";
import type { ContainerKind } from "./kind.js";
import { map } from "./map.js";
import { parallel } from "./parallel.js";

/** Every step kind: a container by what it does at its ends, `action` by the function that calls one. A missing kind does not compile. */
export const containerKinds = { parallel, map, conditional } as const satisfies {
  readonly [Kind in Exclude<StepKind, "action">]: ContainerKind<Kind>;
};
