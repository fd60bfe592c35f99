import { isUtf8 } from "node:buffer";
import { BatonError } from "@batonrun/contract";
import type { Request } from "express";
import type { z } from "zod";
import { findExcess, type JsonLimits } from "./json-limits.js";
import { parseValue } from "./parse-request.js";

/** How an endpoint reads its body: what the router enforces first, and how the bytes become a value. */
export interface BodyReader<Body> {
  /** Empty if the endpoint has no body. */
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
  readonly isRequired: boolean;
  /** For the OpenAPI document. */
  readonly schema: z.ZodType | null;
  readonly examples: Readonly<Record<string, unknown>>;
  read(request: Request): Body;
}

export const noBody: BodyReader<undefined> = {
  mediaTypes: [],
  maxBytes: 0,
  isRequired: false,
  schema: null,
  examples: {},
  read: () => undefined,
};

export interface JsonBodyOptions<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly maxBytes: number;
  readonly limits: JsonLimits;
  /** Name -> an example value. */
  readonly examples: Readonly<Record<string, unknown>>;
}

/** JSON, parsed by the schema. */
export function jsonBody<Schema extends z.ZodType>(options: JsonBodyOptions<Schema>): BodyReader<z.output<Schema>> {
  return {
    mediaTypes: ["application/json"],
    maxBytes: options.maxBytes,
    isRequired: true,
    schema: options.schema,
    examples: options.examples,
    read: (request) => parseValue(options.schema, readJson(bodyText(request), options.limits)),
  };
}

/** Like `jsonBody`, but a missing body is read as an empty object. */
export function optionalJsonBody<Schema extends z.ZodType>(
  options: JsonBodyOptions<Schema>,
): BodyReader<z.output<Schema>> {
  return {
    ...jsonBody(options),
    isRequired: false,
    read: (request) => {
      const text = bodyText(request);
      return parseValue(options.schema, text === "" ? {} : readJson(text, options.limits));
    },
  };
}

export interface TextBody {
  readonly text: string;
  readonly format: "json" | "yaml";
}

/** The text of a YAML or JSON document, by media type. It is not parsed here, because its parser reports positions. */
export function documentBody(options: {
  readonly schema: z.ZodType;
  readonly maxBytes: number;
  readonly limits: JsonLimits;
  readonly examples: Readonly<Record<string, unknown>>;
}): BodyReader<TextBody> {
  return {
    mediaTypes: ["application/json", "application/yaml", "text/yaml", "application/x-yaml"],
    maxBytes: options.maxBytes,
    isRequired: true,
    schema: options.schema,
    examples: options.examples,
    read: (request) => {
      const text = bodyText(request);
      return { text, format: request.is("application/json") === false ? "yaml" : "json" };
    },
  };
}

/** The parsed document; refuses one that exceeds the limits. */
function readJson(text: string, limits: JsonLimits): unknown {
  const value = parseJson(text);
  const excess = findExcess(value, limits);
  if (excess === null) return value;
  throw new BatonError("request_invalid", `The body ${excess.message}.`, { errors: [excess] });
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be parsed";
    // biome-ignore lint/style/useErrorCause: a BatonError takes its cause in the third argument.
    throw new BatonError("request_invalid", `The body is not valid JSON: ${reason.slice(0, 200)}`, { cause });
  }
}

function bodyText(request: Request): string {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes)) return "";
  if (!isUtf8(bytes)) throw new BatonError("request_invalid", "The body is not valid UTF-8.");
  return new TextDecoder().decode(bytes);
}
