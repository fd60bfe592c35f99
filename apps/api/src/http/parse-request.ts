import { BatonError, type ErrorCode, type ErrorDetail } from "@batonrun/contract";
import { pointerOf } from "@batonrun/node/json";
import type { Request } from "express";
import type { z } from "zod";

/** A malformed path parameter is reported as a missing resource: 404, not 400. */
const missing: Readonly<Record<string, ErrorCode>> = {
  name: "workflow_not_found",
  version: "version_not_found",
  id: "run_not_found",
  instance: "step_not_found",
};

export function parseParams<Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> {
  const parsed = schema.safeParse(request.params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  throw new BatonError(missing[name] ?? "route_not_found", `"${name}" in the path ${issue?.message ?? "is invalid"}.`);
}

export function parseQuery<Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> {
  const known = Object.keys(schema.shape);
  const given: Readonly<Record<string, unknown>> = request.query;
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const repeated = known.filter((name) => Array.isArray(given[name]));
  const details = [
    ...unknown.map((name) => detail("query", name, `is not a parameter of this route; ${listOf(known)}`)),
    ...repeated.map((name) => detail("query", name, "is given more than once")),
  ];
  if (details.length > 0) throw invalid("Invalid query parameters.", details);
  return parseNamed(schema, given, "query");
}

export function parseHeaders<Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> {
  const names = Object.keys(schema.shape);
  const given = names.flatMap((name) => {
    const value = request.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return parseNamed(schema, Object.fromEntries(given), "headers");
}

/** Parses a body with its schema; reports every problem with its pointer. */
export function parseValue<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid("Invalid request body.", issueDetails(parsed.error, []));
}

function parseNamed<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  place: "query" | "headers",
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const what = place === "query" ? "query parameter" : "header";
  throw invalid(`Invalid ${what}.`, issueDetails(parsed.error, [place]));
}

export function issueDetails(error: z.ZodError, before: readonly PropertyKey[]): ErrorDetail[] {
  return error.issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    if (issue.code !== "unrecognized_keys") return { pointer: pointerOf(path), message: issue.message };
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      message: "is not a known key",
    }));
  });
}

function detail(place: string, name: string, message: string): ErrorDetail {
  return { pointer: pointerOf([place, name]), message };
}

function invalid(message: string, errors: readonly ErrorDetail[]): BatonError {
  const first = errors[0];
  const said = first === undefined ? message : `${message} ${first.pointer || "The body"}: ${first.message}.`;
  return new BatonError("request_invalid", said, { errors });
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "it has none" : `its parameters are ${names.join(", ")}`;
}
