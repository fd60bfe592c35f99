import { type ActionStep, action } from "./action.js";
import { type ConditionalStep, conditional } from "./conditional.js";
import type { Kind } from "./kind.js";
import { type MapStep, map } from "./map.js";
import { type ParallelStep, parallel } from "./parallel.js";

type AnyStep = ActionStep | ParallelStep | MapStep | ConditionalStep;

/** The kinds of step that this version has. */
export type StepKind = AnyStep["type"];

/** Every kind of step. One that is missing here does not compile, nor does one under another name than its `type`. */
export const kinds = { action, parallel, map, conditional } as const satisfies {
  readonly [K in StepKind]: Kind<Extract<AnyStep, { readonly type: K }>>;
};
