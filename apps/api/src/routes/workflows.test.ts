import { testRedis } from "@batonrun/verify";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { testApi } from "../testing/test-api.js";

const hello = `apiVersion: baton/v1
name: hello
version: 1.0.0
steps:
  greet:
    action: core.noop
    with: { greeting: "Hello, {{ input.name }}!" }
  shout:
    action: core.noop
    with: { text: "{{ greet.result.greeting }}" }
`;

const wrong = `apiVersion: baton/v1
name: hello
version: 1.0.0
steps:
  greet:
    action: core.noop
    needs: [nobody]
    wiht: {}
`;

async function setup() {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1) });
  onTestFinished(async () => {
    await api.stop();
    await redis.close();
  });
  const register = (text: string, mediaType = "application/yaml") =>
    request(api.app).post("/v1/workflows").set("Content-Type", mediaType).send(text);
  return { app: api.app, register };
}

describe("registering a version", () => {
  test("answers 201 with its address, where the definition and the graph are", async () => {
    const { app, register } = await setup();
    const registered = await register(hello);
    expect(registered.status).toBe(201);
    expect(registered.headers["location"]).toBe("/v1/workflows/hello/versions/1.0.0");
    expect(registered.body).toMatchObject({ name: "hello", version: "1.0.0" });

    const version = await request(app).get(String(registered.headers["location"]));
    expect(version.status).toBe(200);
    expect(version.body).toMatchObject({
      name: "hello",
      version: "1.0.0",
      hash: registered.body.hash,
      definition: { apiVersion: "baton/v1", steps: { greet: { action: "core.noop" } } },
      graph: { edges: [{ from: "greet", to: "shout" }] },
    });
  });

  test("answers 200 when it is there with the same content, written otherwise", async () => {
    const { register } = await setup();
    await register(hello);
    expect((await register(`# a comment changes nothing\n${hello}`, "text/yaml")).status).toBe(200);
  });

  test("takes JSON", async () => {
    const { register } = await setup();
    const json = { apiVersion: "baton/v1", name: "json", version: "2.0.0-rc.1", steps: { a: { action: "core.noop" } } };
    const registered = await register(JSON.stringify(json), "application/json; charset=utf-8");
    expect(registered.status).toBe(201);
    expect(registered.headers["location"]).toBe("/v1/workflows/json/versions/2.0.0-rc.1");
  });

  test("answers 409 when it is there with other content", async () => {
    const { register } = await setup();
    await register(hello);
    const conflict = await register(hello.replace("Hello", "Good day"));
    expect(conflict.status).toBe(409);
    expect(conflict.body).toMatchObject({ code: "version_conflict", retryable: false });
  });

  test("answers 422 with every problem, its pointer, line and column", async () => {
    const { register } = await setup();
    const refused = await register(wrong);
    expect(refused.status).toBe(422);
    expect(refused.headers["content-type"]).toContain("application/problem+json");
    expect(refused.body.code).toBe("definition_invalid");
    expect(refused.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: "/steps/greet/needs/0", line: 7, column: expect.any(Number) }),
        expect.objectContaining({ pointer: "/steps/greet/wiht", line: 8, column: 5 }),
      ]),
    );
  });
});

describe("validating", () => {
  test("answers 200 with the graph, and stores nothing", async () => {
    const { app } = await setup();
    const found = await request(app).post("/v1/workflows/validate").type("application/yaml").send(hello);
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({ valid: true, graph: { nodes: [{ id: "greet" }, { id: "shout" }] } });
    expect((await request(app).get("/v1/workflows")).body).toEqual({ items: [] });
  });

  test("answers 200 with the problems", async () => {
    const { app } = await setup();
    const found = await request(app).post("/v1/workflows/validate").type("application/yaml").send(wrong);
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({ valid: false, graph: null });
    expect(found.body.problems.length).toBeGreaterThanOrEqual(2);
  });

  test("warns of an action that no worker has announced", async () => {
    const { app } = await setup();
    const found = await request(app).post("/v1/workflows/validate").type("application/yaml").send(hello);
    expect(found.body.problems).toContainEqual(
      expect.objectContaining({ severity: "warning", code: "unknown_action" }),
    );
  });
});

describe("reading", () => {
  test("a workflow has its versions, the newest first", async () => {
    const { app, register } = await setup();
    await register(hello);
    await register(hello.replace("1.0.0", "1.10.0"));
    await register(hello.replace("1.0.0", "1.9.0"));
    const workflow = await request(app).get("/v1/workflows/hello");
    expect(workflow.body).toMatchObject({ name: "hello", latest: "1.10.0" });
    expect(workflow.body.versions.map((each: { version: string }) => each.version)).toEqual([
      "1.10.0",
      "1.9.0",
      "1.0.0",
    ]);
  });

  test("the list goes page by page, in order of the alphabet", async () => {
    const { app, register } = await setup();
    for (const name of ["carol", "alice", "bob"]) await register(hello.replace("name: hello", `name: ${name}`));
    const first = await request(app).get("/v1/workflows?limit=2");
    expect(first.body.items.map((each: { name: string }) => each.name)).toEqual(["alice", "bob"]);
    const second = await request(app).get("/v1/workflows").query({ limit: 2, cursor: first.body.nextCursor });
    expect(second.body.items.map((each: { name: string }) => each.name)).toEqual(["carol"]);
    expect(second.body.nextCursor).toBeUndefined();
  });

  test.each([
    ["/v1/workflows/nobody", "workflow_not_found"],
    ["/v1/workflows/Not-A-Name", "workflow_not_found"],
    ["/v1/workflows/nobody/versions/1.0.0", "workflow_not_found"],
    ["/v1/workflows/hello/versions/9.9.9", "version_not_found"],
    ["/v1/workflows/nobody/graph", "workflow_not_found"],
    ["/v1/workflows/hello/graph?version=9.9.9", "version_not_found"],
  ])("%s is 404 %s", async (path, code) => {
    const { app, register } = await setup();
    await register(hello);
    const missing = await request(app).get(path);
    expect([missing.status, missing.body.code]).toEqual([404, code]);
  });
});

describe("the graph of a workflow", () => {
  test.each([
    ["application/json", "json", '"greet"'],
    ["text/vnd.mermaid", "mermaid", "greet"],
    ["text/vnd.graphviz", "dot", "digraph"],
    ["image/svg+xml", "svg", "<svg"],
  ])("comes as %s by Accept, and by ?format=%s", async (mediaType, format, text) => {
    const { app, register } = await setup();
    await register(hello);
    const byHeader = await request(app)
      .get("/v1/workflows/hello/graph")
      .set("Accept", mediaType)
      .buffer(true)
      .parse(asText);
    expect(byHeader.status).toBe(200);
    expect(byHeader.headers["content-type"]).toContain(mediaType);
    expect(byHeader.body).toContain(text);
    const byQuery = await request(app).get(`/v1/workflows/hello/graph?format=${format}`).buffer(true).parse(asText);
    expect(byQuery.body).toBe(byHeader.body);
  });

  test("an SVG may neither run nor load anything", async () => {
    const { app, register } = await setup();
    await register(hello);
    const svg = await request(app).get("/v1/workflows/hello/graph?format=svg");
    expect(svg.headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox/);
  });
});

/** supertest parses what it knows; here the text itself is wanted. */
function asText(response: request.Response, done: (error: Error | null, text: string) => void): void {
  let text = "";
  response.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  response.on("end", () => done(null, text));
}
