/** Queue of the jobs that finalize runs. Every worker serves it. */
export const RUN_QUEUE = "runs";

/** Queue of the steps that need a capability. */
export function stepQueue(capability: string): string {
  return `steps.${capability}`;
}

/** Queue of the nodes that any worker can run. */
export const CORE_QUEUE = stepQueue("core");
