import type { Path } from "@batonrun/node/json";
import { z } from "zod";
import type { KindSyntax, Language, NestedPath } from "./language.js";
import { BaseStep } from "./step.js";

/** The keys allowed at a path, for suggestions. `value` determines the kinds of the steps along the path. */
export function keysAt(language: Language, path: Path, value: unknown): readonly string[] {
  let schema: z.ZodType = language.workflow;
  let at = value;
  for (const segment of path) {
    schema = schemaBelow(chosen(language, schema, at), segment);
    at = valueBelow(at, segment);
  }
  const last = chosen(language, schema, at);
  return last instanceof z.ZodObject ? Object.keys(last.shape) : [];
}

/** The keys of a kind that are not common to all steps. */
export function ownKeys(language: Language, kind: string): readonly string[] {
  const schema = stepOption(language, kind);
  return schema === null ? [] : Object.keys(schema.shape).filter((key) => key !== "type" && !(key in BaseStep.shape));
}

/** Whether a path ends in a step: `/steps/a`, `/steps/m/step`, `/steps/c/cases/0/steps/b`. */
export function isStepPath(language: Language, path: Path): boolean {
  if (path[0] !== "steps" || path.length < 2) return false;
  let rest: Path = path.slice(2);
  while (rest.length > 0) {
    const below = nestedPaths(language).map((nested) => behind(nested, rest));
    const next = below.find((left) => left !== null) ?? null;
    if (next === null) return false;
    rest = next;
  }
  return true;
}

function nestedPaths({ kinds }: Language): readonly NestedPath[] {
  return Object.values(kinds).flatMap((kind: KindSyntax) => kind.nested);
}

/** The rest of the path after a nested step, or null if the path does not lead to one. */
function behind({ path, holds }: NestedPath, rest: Path): Path | null {
  const length = path.length + (holds === "steps" ? 1 : 0);
  if (rest.length < length || !path.every((segment, at) => segment === "*" || segment === rest[at])) return null;
  return rest.slice(length);
}

/** The step schema of the value's kind. Any other schema is returned without its wrappers. */
function chosen(language: Language, schema: z.ZodType, value: unknown): z.ZodType {
  const plain = unwrapped(schema);
  if (plain !== unwrapped(language.parts["Step"] ?? plain)) return plain;
  return stepOption(language, kindNameOf(language, value)) ?? plain;
}

/** The kind that a step declares. */
export function kindNameOf({ defaultKind }: Language, step: unknown): string {
  const kind = valueBelow(step, "type");
  return typeof kind === "string" ? kind : defaultKind;
}

function stepOption({ kinds, parts }: Language, kind: string): z.ZodObject | null {
  const step = parts["Step"];
  if (!(step instanceof z.ZodDiscriminatedUnion) || !Object.hasOwn(kinds, kind)) return null;
  const option = step.options[Object.keys(kinds).indexOf(kind)];
  return option instanceof z.ZodObject ? option : null;
}

function schemaBelow(schema: z.ZodType, segment: string | number): z.ZodType {
  if (schema instanceof z.ZodObject) return shapeOf(schema)[String(segment)] ?? z.unknown();
  if (schema instanceof z.ZodRecord) return typeOf(schema.valueType);
  if (schema instanceof z.ZodArray) return typeOf(schema.element);
  return z.unknown();
}

function shapeOf(schema: z.ZodObject): Readonly<Record<string, z.ZodType | undefined>> {
  return Object.fromEntries(Object.entries(schema.shape).map(([key, held]) => [key, typeOf(held)]));
}

/** zod's core types are narrower than its classes. Every schema here is an instance of a class. */
function typeOf(schema: unknown): z.ZodType {
  return schema instanceof z.ZodType ? schema : z.unknown();
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let at: z.ZodType = schema;
  while ("innerType" in at.def) at = typeOf(at.def.innerType);
  return at;
}

function valueBelow(value: unknown, segment: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
  // Just checked that the value has the key.
  return (value as Readonly<Record<string | number, unknown>>)[segment];
}
