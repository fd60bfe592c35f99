import { type ActionStep, action } from "./action.js";
import { type ConditionalStep, conditional } from "./conditional.js";
import type { Kind } from "./kind.js";
import { type MapStep, map } from "./map.js";
import { type ParallelStep, parallel } from "./parallel.js";

type AnyStep = ActionStep | ParallelStep | MapStep | ConditionalStep;

/** The step kinds of this version. */
export type StepKind = AnyStep["type"];

/** All step kinds. A missing kind, or one under a key other than its `type`, does not compile. */
export const kinds = { action, parallel, map, conditional } as const satisfies {
  readonly [K in StepKind]: Kind<Extract<AnyStep, { readonly type: K }>>;
};
