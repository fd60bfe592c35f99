import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from "@asteasolutions/zod-to-openapi";
import { type ErrorCode, errorCatalog, ProblemDocument } from "@batonrun/contract";
import type { BodyReader } from "./body.js";
import type { Endpoint, Success } from "./endpoint.js";
import { PROBLEM_TYPE } from "./problem.js";

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

/** The OpenAPI 3.1 document of these endpoints. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  for (const each of endpoints) registry.registerPath(routeConfig(each));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Baton",
      version,
      description: "Workflows on Redis: register a definition, start a run, follow its events.",
    },
    servers: [{ url: "/" }],
  });
}

function routeConfig({ declaration }: Endpoint): RouteConfig {
  const { id, method, path, tag, summary, description, params, query, headers, body } = declaration;
  const successes = Object.entries(declaration.successes).map(([status, success]) => [status, successConfig(success)]);
  return {
    operationId: id,
    method,
    path,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    request: { params, query, headers, ...(body.schema !== null && { body: bodyConfig(body) }) },
    responses: { ...problemConfigs(problemCodes(declaration)), ...Object.fromEntries(successes) },
  };
}

function bodyConfig(body: BodyReader<unknown>) {
  const examples = Object.fromEntries(Object.entries(body.examples).map(([name, value]) => [name, { value }]));
  const content = body.mediaTypes.map((mediaType) => [mediaType, { schema: body.schema, examples }]);
  return { required: body.isRequired, content: Object.fromEntries(content) };
}

function successConfig({ description, content, headers }: Success): ResponseConfig {
  return { description, content: { ...content }, ...(headers !== undefined && { headers }) };
}

/** The endpoint's own error codes, those of all endpoints, and those of endpoints with a body. */
function problemCodes({ body, problems }: Endpoint["declaration"]): ErrorCode[] {
  const always: ErrorCode[] = ["request_invalid", "host_not_allowed", "not_acceptable", "internal"];
  const ofRedis: ErrorCode[] = ["redis_unavailable", "redis_refused"];
  const ofBody: ErrorCode[] = body.schema === null ? [] : ["payload_too_large", "unsupported_media_type"];
  return [...new Set([...problems, ...always, ...ofBody, ...ofRedis])];
}

function problemConfigs(codes: readonly ErrorCode[]): Record<string, ResponseConfig> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalog[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const configs = [...byStatus].map(([status, found]) => [String(status), problemConfig(found)] as const);
  return Object.fromEntries(configs);
}

function problemConfig(codes: readonly ErrorCode[]): ResponseConfig {
  const sentences = codes.map((code) => `\`${code}\`: ${errorCatalog[code].title}`);
  return { description: sentences.join("; "), content: { [PROBLEM_TYPE]: { schema: ProblemDocument } } };
}
