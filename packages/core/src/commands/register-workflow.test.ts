import { MemoryEngine } from "@batonrun/verify/memory";
import { beforeAll, expect, test } from "vitest";
import { drawWorkflow } from "../queries/draw-run.js";
import { listWorkflows, readVersion, readWorkflow } from "../queries/read-workflow.js";
import { registerWorkflow } from "./register-workflow.js";
import { validateWorkflow } from "./validate-workflow.js";

let ports: MemoryEngine;

beforeAll(() => {
  ports = new MemoryEngine();
});

function yaml(
  name: string,
  version = "1.0.0",
  action = "core.noop",
): { readonly body: string; readonly format: "yaml" } {
  const body = `apiVersion: baton/v1\nname: ${name}\nversion: ${version}\nsteps:\n  zeta: { action: ${action} }\n  alpha: { action: ${action} }\n`;
  return { body, format: "yaml" };
}

test("a version is created, is unchanged on repeat, and conflicts with other content", async () => {
  expect(await registerWorkflow(ports, yaml("demo"))).toMatchObject({
    outcome: "created",
    name: "demo",
    version: "1.0.0",
  });
  expect(await registerWorkflow(ports, yaml("demo"))).toMatchObject({ outcome: "unchanged" });
  await expect(registerWorkflow(ports, yaml("demo", "1.0.0", "core.sleep"))).rejects.toMatchObject({
    code: "version_conflict",
  });
});

test("an invalid definition is rejected with all problems and their positions", async () => {
  const body =
    "apiVersion: baton/v1\nname: bad\nversion: 1.0.0\nsteps:\n  a: { action: core.noop, needs: [nobody] }\n  b: { nothing: 1 }\n";
  const refused = registerWorkflow(ports, { body, format: "yaml" });
  await expect(refused).rejects.toMatchObject({ code: "definition_invalid" });
  const validation = await validateWorkflow(ports, { body, format: "yaml" });
  expect(validation).toMatchObject({ valid: false, graph: null });
  expect(validation.problems.length).toBeGreaterThan(1);
  expect(validation.problems[0]).toMatchObject({
    line: expect.any(Number),
    pointer: expect.stringContaining("/steps/"),
  });
});

test("an action that no live worker has is only a warning", async () => {
  const validation = await validateWorkflow(ports, yaml("unknown-action", "1.0.0", "no.such"));
  expect(validation.valid).toBe(true);
  expect(validation.problems.every(({ severity }) => severity === "warning")).toBe(true);
  expect(validation.graph?.nodes.map(({ id }) => id)).toEqual(["zeta", "alpha"]);
});

test("a version is read with its steps in declaration order", async () => {
  await registerWorkflow(ports, yaml("ordered"));
  const version = await readVersion(ports, { name: "ordered", version: "1.0.0" });
  expect(Object.keys(version.definition.steps)).toEqual(["zeta", "alpha"]);
  expect(version.graph.nodes.map(({ id }) => id)).toEqual(["zeta", "alpha"]);
  expect(version.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);
});

test("a workflow shows its newest version, and unknown names and versions have different errors", async () => {
  for (const version of ["1.9.0", "1.10.0"]) await registerWorkflow(ports, yaml("versions", version));
  expect(await readWorkflow(ports, "versions")).toMatchObject({
    latest: "1.10.0",
    versions: [{ version: "1.10.0" }, { version: "1.9.0" }],
  });
  expect((await drawWorkflow(ports, { name: "versions" })).version).toBe("1.10.0");
  await expect(readWorkflow(ports, "nobody")).rejects.toMatchObject({ code: "workflow_not_found" });
  await expect(readVersion(ports, { name: "nobody", version: "1.0.0" })).rejects.toMatchObject({
    code: "workflow_not_found",
  });
  await expect(readVersion(ports, { name: "versions", version: "3.0.0" })).rejects.toMatchObject({
    code: "version_not_found",
  });
});

test("workflows are listed in pages", async () => {
  for (const name of ["list-a", "list-b"]) await registerWorkflow(ports, yaml(name));
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listWorkflows(ports, { limit: 1, ...(cursor !== undefined && { cursor }) });
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(names.filter((name) => name.startsWith("list-"))).toEqual(["list-a", "list-b"]);
});
