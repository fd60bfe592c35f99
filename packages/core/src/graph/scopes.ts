import type { Step } from "../definition/schema.js";

/** A scope that a step holds: the steps inside it that see one another. */
export interface BodyScope {
  /** "" for parallel and map; the case's index or "else" for a conditional. */
  readonly key: string;
  readonly steps: Readonly<Record<string, Step>>;
  /** Where it stands in its step, as a JSON Pointer: `/cases/0/steps`. */
  readonly pointer: string;
}

/** The scopes of named steps that a step holds, in order. A map whose body is one `step` holds none. */
export function bodyScopes(step: Step): readonly BodyScope[] {
  switch (step.type) {
    case "action":
      return [];
    case "parallel":
      return [{ key: "", steps: step.steps, pointer: "/steps" }];
    case "map":
      return step.steps === undefined ? [] : [{ key: "", steps: step.steps, pointer: "/steps" }];
    case "conditional":
      return [
        ...step.cases.map(({ steps }, index) => ({ key: String(index), steps, pointer: `/cases/${index}/steps` })),
        ...(step.else === undefined ? [] : [{ key: "else", steps: step.else.steps, pointer: "/else/steps" }]),
      ];
  }
}
