import type { ErrorDetail } from "@batonrun/contract";
import { isPlainObject, pointerOf } from "@batonrun/node/json";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { LRUCache } from "lru-cache";
import { canonicalJson } from "../expression/canonical-json.js";
import { linearRegex } from "../expression/cel/linear-regex.js";

/** A user's JSON Schema (draft 2020-12), compiled to check values. */
export interface CompiledSchema {
  /** The errors in a value, with JSON Pointers. Empty if it is valid. */
  validate(value: unknown): readonly ErrorDetail[];
  /** Checks a copy of the value with the schema's defaults filled in. */
  complete(value: unknown): { readonly value: unknown; readonly errors: readonly ErrorDetail[] };
}

/** Bytes per schema. Limited because ajv generates code from it. */
const MAX_SCHEMA_BYTES = 262_144;
const CACHED_SCHEMAS = 200;
const MAX_ERRORS = 100;
/** The patterns of the formats backtrack a little, so text is limited. No real value of a format is longer. */
const MAX_FORMATTED_LENGTH = 2_048;

const formats = [
  "date-time",
  "date",
  "time",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uri-reference",
  "uuid",
  "json-pointer",
] as const;

const ajv = createAjv();
const cache = new LRUCache<string, CompiledSchema>({ max: CACHED_SCHEMAS });

/**
 * Compiles a schema, or throws an Error that describes the problem. References to other documents are rejected.
 * Patterns use RE2 to match in linear time, so lookaround and backreferences are not supported.
 */
export function compileSchema(schema: unknown): CompiledSchema {
  const key = canonicalJson(schema);
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (Buffer.byteLength(key) > MAX_SCHEMA_BYTES) throw new Error(`the schema is larger than ${MAX_SCHEMA_BYTES} bytes`);
  const compiled = compile(schema);
  cache.set(key, compiled);
  return compiled;
}

function compile(schema: unknown): CompiledSchema {
  if (!isSchema(schema)) throw new Error("a schema must be an object, true, or false");
  const validate = compileOnce(structuredClone(schema));
  const complete = (value: unknown) => run(validate, value);
  return { complete, validate: (value) => complete(value).errors };
}

function isSchema(schema: unknown): schema is object | boolean {
  return typeof schema === "boolean" || isPlainObject(schema);
}

/** Removes each compiled schema from ajv, because schemas of different users can have the same `$id`. */
function compileOnce(schema: object | boolean): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error("the schema refers to itself endlessly; remove the $ref cycle", { cause: error });
  } finally {
    ajv.removeSchema(schema);
  }
}

function run(validate: ValidateFunction, value: unknown): ReturnType<CompiledSchema["complete"]> {
  try {
    const copy: unknown = structuredClone(value);
    const errors = validate(copy) ? [] : (validate.errors ?? []).slice(0, MAX_ERRORS).map(toDetail);
    return { value: copy, errors };
  } catch (error) {
    // The value is deeper than a self-referencing schema can follow.
    const reason = error instanceof Error ? error.message : String(error);
    return {
      value,
      errors: [{ pointer: "", code: "schema_failed", message: `the value cannot be checked: ${reason}` }],
    };
  }
}

function toDetail({ instancePath, keyword, params, message }: ErrorObject): ErrorDetail {
  const property: unknown = params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"];
  const pointer = typeof property === "string" ? `${instancePath}${pointerOf([property])}` : instancePath;
  const allowed: unknown = params["allowedValues"];
  const values = Array.isArray(allowed) ? `: ${allowed.map((value) => JSON.stringify(value)).join(", ")}` : "";
  return { pointer, code: keyword, message: `${sentence(keyword, message ?? "is not valid")}${values}` };
}

function sentence(keyword: string, message: string): string {
  if (keyword === "required") return "is missing";
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") return "is not a known property";
  return message;
}

function createAjv(): Ajv2020 {
  // ajv caches patterns by their `toString`.
  const regExp = (pattern: string) => ({ test: linearRegex(pattern).test, toString: () => pattern });
  const engine = Object.assign(regExp, { code: "" });
  const created = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    logger: false,
    code: { regExp: engine },
  });
  for (const name of formats) created.addFormat(name, { type: "string", validate: bounded(name) });
  return created;
}

function bounded(name: (typeof formats)[number]): (text: string) => boolean {
  const format = addFormats.default.get(name);
  const matches = predicateOf(format);
  return (text) => text.length <= MAX_FORMATTED_LENGTH && matches(text);
}

function predicateOf(format: unknown): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  // ajv-formats returns patterns, functions, or objects around either. Its types are no more specific.
  if (typeof format === "function") return format as (text: string) => boolean;
  if (typeof format === "object" && format !== null && "validate" in format) return predicateOf(format.validate);
  throw new TypeError("ajv-formats gave a format of an unknown kind");
}
