/**
 * A value that is known only when the workflow runs: `extract.result.text`.
 * In `with` it becomes a template, in cel`…` bare CEL, and in a string a template inside that string.
 */
export interface Reference {
  readonly [key: string]: Reference;
  readonly [expression]: string;
}

/** The key under which a reference keeps its CEL. */
export const expression: unique symbol = Symbol("CEL expression");

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A reference to a name and everything below it. */
export function reference(cel: string): Reference {
  const render = () => `{{ ${cel} }}`;
  const target = Object.assign(Object.create(null), {
    [expression]: cel,
    [Symbol.toPrimitive]: render,
    toJSON: render,
  });
  const below = new Proxy(target, {
    get: (held, key) =>
      typeof key === "symbol" || key === "toJSON" ? Reflect.get(held, key) : reference(cel + access(key)),
  });
  // The proxy returns a reference for every property, which the compiler cannot see.
  return below as Reference;
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && Object.hasOwn(value, expression);
}

/** Bare CEL that contains references. @example cel`${extract.result.pages} > 3` */
export function cel(
  texts: TemplateStringsArray,
  ...values: readonly (Reference | string | number | boolean)[]
): string {
  const rendered = values.map((value) => (isReference(value) ? value[expression] : JSON.stringify(value)));
  return texts.map((text, at) => text + (rendered[at] ?? "")).join("");
}

/** The run's input: `input.document` is `{{ input.document }}`. */
export const input = reference("input");
export const vars = reference("vars");
export const run = reference("run");

function access(key: string): string {
  return IDENTIFIER.test(key) ? `.${key}` : `[${/^[0-9]+$/.test(key) ? key : JSON.stringify(key)}]`;
}
