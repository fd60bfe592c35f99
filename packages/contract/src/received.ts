import * as z from "zod";

/**
 * Any word from a newer server that this version does not know. The literal is only its type, never its value: it makes
 * the compiler require a branch for unknown words, and keeps narrowing by known ones, which a branded string would break.
 */
export type UnknownWord = "(a word of a newer server)";

/**
 * A view as a client receives it: every word that the contract lists (`completed`, `skipped`, …) can also be unknown.
 * @example Received<"error" | "warning"> // "error" | "warning" | UnknownWord
 */
export type Received<Value> = Value extends string
  ? string extends Value
    ? Value
    : Value | UnknownWord
  : Value extends object
    ? { [Key in keyof Value]: Received<Value[Key]> }
    : Value;

const schemas = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The schema that a client parses a view with, so that a newer server cannot break it. Unknown words pass through as
 * text, unknown keys are dropped, and an object with an unknown status keeps the keys that any status has.
 * @example received(StepView).parse({ id: "a", status: "dreaming", … }).status // "dreaming"
 */
export function received<Schema extends z.ZodType>(schema: Schema): z.ZodType<Received<z.output<Schema>>> {
  const known = schemas.get(schema);
  const opened = known ?? open(schema);
  if (known === undefined) schemas.set(schema, opened);
  // `open` does to schemas what `Received` does to types; the compiler cannot connect the two.
  return opened as z.ZodType<Received<z.output<Schema>>>;
}

function open(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return openWord(schema);
  if (schema instanceof z.ZodObject) return openObject(schema, null);
  if (schema instanceof z.ZodDiscriminatedUnion) return openUnion(schema);
  if (schema instanceof z.ZodArray) return z.array(open(schema.element));
  if (schema instanceof z.ZodReadonly) return open(schema.unwrap());
  if (schema instanceof z.ZodOptional) return open(schema.unwrap()).optional();
  if (schema instanceof z.ZodNullable) return open(schema.unwrap()).nullable();
  // The classes above are the ones that hold words; every other schema is used as it is.
  return schema as z.ZodType;
}

function openWord(schema: z.ZodEnum | z.ZodLiteral): z.ZodType {
  const values: readonly unknown[] = schema instanceof z.ZodEnum ? schema.options : [...schema.values];
  return values.every((value) => typeof value === "string") ? z.string() : schema;
}

/** The discriminator stays strict: it selects the object within its union. */
function openObject({ shape }: z.ZodObject, discriminator: string | null) {
  const entries = Object.entries(shape).map(([key, value]) => [key, key === discriminator ? value : open(value)]);
  return z.object(Object.fromEntries(entries));
}

/** The object for the answer's status; for an unknown status, an object with the keys of all of them. */
function openUnion(union: z.ZodDiscriminatedUnion): z.ZodType {
  const { discriminator } = union.def;
  // The contract makes its unions of objects only.
  const objects = union.options as readonly z.ZodObject[];
  const [first, ...others] = objects.map((object) => openObject(object, discriminator));
  if (first === undefined) return union;
  const known = z.discriminatedUnion(discriminator, [first, ...others]);
  const isKnown = (word: string) => objects.some(({ shape }) => z.safeParse(shape[discriminator], word).success);
  const word = z.string().refine((text) => !isKnown(text), "is known, and the rest of the object does not fit it");
  return z.union([known, mergedObject(objects).extend({ [discriminator]: word })]);
}

/** Every key of the objects; required if each of them requires it. */
function mergedObject(objects: readonly z.ZodObject[]): z.ZodObject {
  const keys = new Set(objects.flatMap(({ shape }) => Object.keys(shape)));
  const entries = [...keys].map((key) => {
    const found = objects.flatMap(({ shape }) => shape[key] ?? []);
    const [schema = z.unknown()] = found;
    const isRequired = found.length === objects.length && found.every((each) => !z.safeParse(each, undefined).success);
    return [key, isRequired ? open(schema) : open(schema).optional()];
  });
  return z.object(Object.fromEntries(entries));
}
