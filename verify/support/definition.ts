/** A whole definition around some steps. */
export function definitionOf(
  steps: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const { with: _input, ...rest } = more;
  return { apiVersion: "baton/v1", name: "test", version: "1.0.0", steps, ...rest };
}

/** A step that returns `{ value }`. */
export function noop(value: unknown, more: object = {}) {
  return { action: "core.noop", with: { value }, ...more };
}
