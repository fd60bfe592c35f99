/**
 * A value that is known when the workflow runs, as the builder hands it on: `extract.result.text`.
 * Inside of `with` it becomes a template, inside of cel`…` bare CEL, inside of a text a template in the text.
 */
export interface Reference {
  readonly [key: string]: Reference;
  readonly [expression]: string;
}

/** Where a reference keeps its CEL. */
export const expression: unique symbol = Symbol("CEL expression");

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A reference to a name, with everything below it. */
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
  // The proxy answers every name with a reference, which the compiler cannot see.
  return below as Reference;
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && Object.hasOwn(value, expression);
}

/** Bare CEL with references in it. @example cel`${extract.result.pages} > 3` */
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
