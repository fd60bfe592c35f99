import { endpointsOf } from "../../apps/api/src/app.js";

/** `GET /v1/runs/{id}` of every endpoint, in the order of the OpenAPI document. */
export function restRoutes(): readonly string[] {
  // Declaring routes calls nothing of what they depend on.
  const dependencies = { config: { limits: {} } } as unknown as Parameters<typeof endpointsOf>[0];
  return endpointsOf(dependencies).map(({ declaration: { method, path } }) => `${method.toUpperCase()} ${path}`);
}
