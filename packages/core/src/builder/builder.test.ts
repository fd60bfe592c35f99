import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { StepSource } from "../definition/step.js";
import { parseDefinition } from "../kinds/language.js";
import { action, conditional, map, parallel, type ScopeBuilder, scope, workflow } from "./builder.js";
import { cel, input, reference, run, vars } from "./reference.js";

describe("the builder", () => {
  test("builds the same definition as YAML", () => {
    const built = workflow("report", { version: "1.0.0", vars: { sentences: 5 } })
      .step("extract", action("text.extract", { with: { document: input["document"] ?? "" }, timeout: "1m" }))
      .step("chunks", ({ extract }) =>
        map({ over: extract.result["pages"] ?? "", maxParallel: 3 }, ({ item, index }) =>
          action("text.keywords", { if: cel`${extract.result["total"] ?? 0} > ${3}`, with: { page: item, index } }),
        ),
      )
      .step("pick", ({ chunks }) =>
        conditional([{ if: cel`size(${chunks.result}) == 0`, steps: scope().step("none", action("core.noop")) }], {
          otherwise: scope()
            .step("first", action("core.noop", { with: chunks.result }))
            .step("second", ({ first }) => action("core.noop", { with: { text: `<${first.result}>` } })),
          needs: ["extract"],
        }),
      )
      .step(
        "both",
        parallel(scope().step("x", action("core.noop")).step("y", action("core.noop")), { minSuccess: 0.5 }),
      )
      .output(({ pick, both }) => ({ pick: pick.result, n: [both.status, vars["sentences"] ?? 0, run["id"] ?? ""] }))
      .build();
    expect(built).toEqual(parseDefinition(yaml, { format: "yaml" }).definition);
  });

  test("rejects a second step with the same id", () => {
    const one = workflow("w", { version: "1.0.0" }).step("a", action("core.noop"));
    expect(() => one.step("a", action("core.noop"))).toThrow('Duplicate step id "a"');
  });

  test("reports all problems of the definition", () => {
    const wrong = workflow("W", { version: "1.0" }).step("a", action("core.noop"));
    const errors = ["/name", "/version"].map((pointer) => expect.objectContaining({ pointer }));
    expect(() => wrong.build()).toThrow(expect.objectContaining({ code: "definition_invalid", errors }));
  });
});

describe("a reference", () => {
  test.each([
    [reference("a")["result"]?.["text"], "{{ a.result.text }}"],
    [reference("a")["b-c"], '{{ a["b-c"] }}'],
    [reference("a")["0"]?.["x"], "{{ a[0].x }}"],
    [reference("a")["toString"], "{{ a.toString }}"],
  ])("can be interpolated into a string", (made, text) => {
    expect(`${made}`).toBe(text);
    expect(JSON.stringify({ made })).toBe(JSON.stringify({ made: text }));
  });

  test("is bare in CEL, next to literals", () => {
    expect(cel`${input} == ${"it's"} || ${true} || ${1.5} > 0`).toBe('input == "it\'s" || true || 1.5 > 0');
  });
});

test("every built definition equals its YAML form", () => {
  fc.assert(
    fc.property(scopes(2), (body) => {
      const built = workflow("w", { version: "1.0.0" }).step("root", parallel(body));
      const text = stringify(built.source(), { aliasDuplicateObjects: false });
      expect(parseDefinition(text, { format: "yaml" })).toEqual({ definition: built.build(), problems: [] });
    }),
    { numRuns: 50 },
  );
});

function scopes(depth: number): fc.Arbitrary<ScopeBuilder<string>> {
  return fc.array(steps(depth), { minLength: 1, maxLength: 3 }).map((made) => {
    return made.reduce<ScopeBuilder<string>>((body, step, at) => body.step(`s${depth}_${at}`, step), scope());
  });
}

function steps(depth: number): fc.Arbitrary<StepSource> {
  const leaf = fc.jsonValue({ maxDepth: 2 }).map((value) => action("core.noop", { with: plain(value) }));
  if (depth === 0) return leaf;
  const inner = scopes(depth - 1);
  return fc.oneof(
    leaf,
    inner.map((body) => parallel(body)),
    inner.map((body) => map({ over: input }, () => body)),
    inner.map((body) => map({ over: [1, input] }, () => body)),
    steps(depth - 1).map((step) => map({ over: "input.xs" }, () => step)),
    inner.map((body) =>
      conditional(
        [
          { if: true, steps: body },
          { if: input, steps: body },
        ],
        { otherwise: body, if: "true" },
      ),
    ),
  );
}

/** The value after a round trip through JSON text: no -0, and no key that a definition rejects. */
function plain(value: unknown): string {
  return JSON.stringify(value);
}

const yaml = `
apiVersion: baton/v1
name: report
version: 1.0.0
vars: { sentences: 5 }
steps:
  extract:
    action: text.extract
    with: { document: "{{ input.document }}" }
    timeout: 1m
  chunks:
    type: map
    over: extract.result.pages
    maxParallel: 3
    step:
      action: text.keywords
      if: extract.result.total > 3
      with: { page: "{{ item }}", index: "{{ index }}" }
  pick:
    type: conditional
    needs: [extract]
    cases:
      - if: size(chunks.result) == 0
        steps:
          none: { action: core.noop }
    else:
      steps:
        first: { action: core.noop, with: "{{ chunks.result }}" }
        second: { action: core.noop, with: { text: "<{{ first.result }}>" } }
  both:
    type: parallel
    minSuccess: 0.5
    steps:
      x: { action: core.noop }
      y: { action: core.noop }
output:
  pick: "{{ pick.result }}"
  n: ["{{ both.status }}", "{{ vars.sentences }}", "{{ run.id }}"]
`;
