import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { builtInActions } from "./index.js";

const actions = builtInActions({ roots: ["."], allowPrivate: [] });
const reference = await readFile(new URL("../../../../docs/reference/actions.md", import.meta.url), "utf8");

describe("the built-in actions", () => {
  test("are those that the design names", () => {
    expect(actions.map(({ name, capability }) => `${name} (${capability})`)).toEqual([
      "core.noop (core)",
      "core.sleep (core)",
      "core.fail (core)",
      "http.request (http)",
      "text.extract (text)",
      "text.sentiment (text)",
      "text.keywords (text)",
      "text.summarize (text)",
      "report.markdown (text)",
    ]);
  });

  test.each(actions.map((action) => [action.name, action] as const))(
    "%s announces its schemas as JSON Schema, and the reference describes all of its keys",
    (name, action) => {
      const section = reference.split(/^## /m).find((part) => part.startsWith(`${name}\n`));
      expect(section, `docs/reference/actions.md has no section ${name}`).toBeDefined();
      for (const schema of [action.input, action.output]) {
        const { properties } = z.toJSONSchema(schema ?? z.unknown(), { io: "input" });
        for (const key of Object.keys(properties ?? {})) expect(section).toContain(`\`${key}\``);
      }
      expect(section).toContain(`Capability \`${action.capability}\`, effects \`${action.effects}\``);
    },
  );
});
