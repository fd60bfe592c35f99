import { packageVersion } from "@batonrun/node/package-version";
import { Option } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commonOptions } from "./command-line.js";
import { commands } from "./commands/table.js";
import { type CliWorld, createCliWorld } from "./testing/cli-world.js";

let world: CliWorld;
beforeEach(async () => {
  world = await createCliWorld();
});
afterEach(() => world.close());

describe("the command line", () => {
  test("prints help and version on stdout", async () => {
    expect(await world.run()).toBe(0);
    expect(await world.run("runs")).toBe(0);
    expect(await world.run("run", "--help")).toBe(0);
    expect(await world.run("--version")).toBe(0);
    const said = world.stdout.text();
    expect(said).toContain("Usage: baton [options] [command]");
    expect(said).toContain("Usage: baton runs [options] [command]");
    expect(said).toContain("$ baton run ./hello.yaml -i name=Ada");
    expect(said.endsWith(`${packageVersion(new URL("../package.json", import.meta.url))}\n`)).toBe(true);
    expect(world.stderr.text()).toBe("");
  });

  test.each([
    [["frob"], "Unknown command 'frob'."],
    [["runs", "lst"], "hint: Did you mean list?"],
    [["run"], "Missing required argument 'file|name[@version]'."],
    [["run", "a", "b"], "Too many arguments"],
    [["run", "x", "--prioritee", "1"], "hint: Did you mean --priority?"],
    [["run", "x", "--priority", "101"], "--priority <number> must be a number from 0"],
    [["run", "x", "--delay", "10"], "--delay <duration> must be a duration such as"],
    [["run", "x", "-o", "xml"], "must be text or json"],
    [["run", "x", "-i", "5"], "-i, --input <input> must be @file for the whole input"],
    [["run", "missing.yaml"], "missing.yaml cannot be read: no such file"],
    [["run", "Not A Name"], '"Not A Name" is neither a file nor a workflow name.'],
    [["runs", "list", "--status", "done"], "must be one of initializing, running"],
    [["runs", "list", "--after", "soon"], "must be a time such as"],
    [["workers", "-s", "nowhere"], '--server "nowhere" is not a valid URL'],
    [["workflows", "graph", "x", "-f", "png"], "must be mermaid, dot, svg, or json"],
  ])("refuses %j with exit code 2 and the reason", async (argv, reason) => {
    expect(await world.run(...argv)).toBe(2);
    expect(world.stderr.text()).toContain(reason);
    expect(world.stdout.text()).toBe("");
    expect(world.server.requests).toEqual([]);
  });

  test("prints errors as JSON with -o json", async () => {
    expect(await world.run("run", "-o", "json")).toBe(2);
    expect(JSON.parse(world.stderr.text())).toMatchObject({
      error: { code: "usage", message: expect.stringContaining("Missing") },
    });
  });
});

describe("the table of commands", () => {
  test("names every option as its long form does, and none as one that all commands have", () => {
    const common = commonOptions.map(({ usage }) => new Option(usage).attributeName());
    for (const { path, options } of commands) {
      for (const [name, { usage }] of Object.entries(options)) {
        expect(new Option(usage).attributeName(), `${path} ${usage}`).toBe(name);
        expect(common).not.toContain(name);
      }
    }
  });

  test("uses a short option once a command", () => {
    for (const { path, options } of commands) {
      const shorts = [...Object.values(options), ...commonOptions].map(({ usage }) => new Option(usage).short);
      const used = shorts.filter((short) => short !== undefined);
      expect(new Set(used).size, path).toBe(used.length);
    }
  });
});
