import type { Path } from "@batonrun/node";
import { z } from "zod";
import type { KindSyntax, Language, NestedPath } from "./language.js";
import { BaseStep } from "./step.js";

/** The keys that may be at a place of a value, for suggestions. `value` tells the kinds of the steps on the way. */
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

/** The keys of a kind that not every step has. */
export function ownKeys(language: Language, kind: string): readonly string[] {
  const schema = stepOption(language, kind);
  return schema === null ? [] : Object.keys(schema.shape).filter((key) => key !== "type" && !(key in BaseStep.shape));
}

/** `/steps/a`, `/steps/m/step`, `/steps/c/cases/0/steps/b`: whether a path ends in a step. */
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

/** What is left of a path behind a step that is nested there; null where it does not lead to one. */
function behind({ path, holds }: NestedPath, rest: Path): Path | null {
  const length = path.length + (holds === "steps" ? 1 : 0);
  if (rest.length < length || !path.every((segment, at) => segment === "*" || segment === rest[at])) return null;
  return rest.slice(length);
}

/** Of a step's schema the one of its kind; any other schema without its wrappers. */
function chosen(language: Language, schema: z.ZodType, value: unknown): z.ZodType {
  const plain = unwrapped(schema);
  if (plain !== unwrapped(language.parts["Step"] ?? plain)) return plain;
  return stepOption(language, kindNameOf(language, value)) ?? plain;
}

/** The kind that a step says it is. */
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

/** zod's core types say less than its classes, of which every schema here is one. */
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
  // Whether the value has the key was just asked.
  return (value as Readonly<Record<string | number, unknown>>)[segment];
}
