import { readdirSync, readFileSync } from "node:fs";
import { RunStatus, StepStatus } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { isSettledStepStatus } from "../run/transitions.js";
import { CellKeys } from "./cell-keys.js";
import { documentedKeys, instanceField, luaWords, recordFields, runFields, stepsField, stepsFields } from "./layout.js";
import { withLayout } from "./script.js";

const core = new URL("../", import.meta.url);

interface Source {
  readonly path: string;
  readonly text: string;
}

function sources(folder: string, ext: string): readonly Source[] {
  const paths = readdirSync(new URL(folder, core), { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(ext) && !path.endsWith(".test.ts"))
    .map((path) => ({ path: `${folder}${path}`, text: readFileSync(new URL(`${folder}${path}`, core), "utf8") }));
}

function wordsOf(table: string): readonly string[] {
  return Object.values(luaWords[table] ?? {}).map(String);
}

const suffixes = [...wordsOf("KEY"), ...wordsOf("CELL")];
const prefixes = wordsOf("FIELD");
const statuses = new Set<string>([...RunStatus.options, ...StepStatus.options]);
const names = new Set<string>(Object.keys(runFields));

/** Literals of a Lua text that the layout has a word for. `'status'` and the like are looked for where a hash is read or written. */
function spelledInLua({ path, text }: Source): readonly string[] {
  const code = text.replace(/^--\[\[[\s\S]*?\]\]/, "").replaceAll(/^\s*--.*$/gm, "");
  const found = [...code.matchAll(/'([^'\n]*)'/g)].map((match) => match[1] ?? "");
  const ownWords = path.startsWith("bullmq/") ? [] : found.filter((literal) => statuses.has(literal));
  return [
    ...found.filter((literal) => isKeyPart(literal)),
    ...ownWords,
    ...[...code.matchAll(/(?:call\('H\w+', \w*\.?key|put_field\(run), .*/g)].flatMap(([command]) =>
      [...command.matchAll(/'(\w+)'/g)].flatMap(([, literal = ""]) => (names.has(literal) ? [literal] : [])),
    ),
    ...[...code.matchAll(/\brecord\.([a-z])\b/g)].map(([field]) => field),
    ...[...code.matchAll(/\{ ([a-z]) = '/g)].map((match) => match[1] ?? ""),
  ];
}

/** Literals of TypeScript, static parts of templates included, that are a key's suffix or begin with a field's prefix. */
function spelledInTypeScript({ text }: Source): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = [...code.matchAll(/"([^"\n]*)"|[`}]([^`${}\n]*)(?=`|\$\{)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  return found.filter((literal) => isKeyPart(literal));
}

function isKeyPart(literal: string): boolean {
  if (prefixes.includes(literal)) return true;
  return suffixes.some(
    (suffix) => literal === suffix || literal === `${suffix}:` || (suffix.endsWith(":") && literal.startsWith(suffix)),
  );
}

describe("a name in Redis is spelled by the layout alone:", () => {
  test.each([...sources("redis/lua/", ".lua"), ...sources("bullmq/lua/", ".lua")])("$path", (source) => {
    expect(spelledInLua(source)).toEqual([]);
  });

  test("no TypeScript of core builds one", () => {
    const found = sources("", ".ts").filter(({ path }) => path !== "redis/layout.ts");
    expect(found.length).toBeGreaterThan(100);
    expect(found.flatMap((source) => spelledInTypeScript(source).map((word) => `${source.path}: ${word}`))).toEqual([]);
  });

  test.each([
    ["a key of a run", "call('DEL', run.key .. ':ready')", [":ready"]],
    ["a key of the cell", "call('ZREM', run.cell .. ':runs:status:' .. from, run.id)", [":runs:status:"]],
    ["a key with its value", "call('ZADD', cell .. ':runs:tag:eu', 1, id)", [":runs:tag:eu"]],
    ["a prefix of :steps", "call('HGET', run.key .. KEY.steps, 'g:' .. instance)", ["g:"]],
    ["a field of the run", "call('HGET', run.key, 'endedAt')", ["endedAt"]],
    ["a field that is put", "put_field(run, 'closing', closing)", ["closing"]],
    ["a status", "if record.status == 'retrying' then return end", ["retrying"]],
    ["a letter of a record", "if record.s then return end", ["record.s"]],
    ["a letter of a new record", "local record = { s = 'x' }", ["s"]],
  ])("a planted fault is found in Lua: %s", (_what, text, found) => {
    expect(spelledInLua({ path: "redis/lua/planted.lua", text })).toEqual(found);
  });

  test.each([
    ["a key of a run", "const key = `${run}:steps`;", [":steps"]],
    ["a key of the cell", 'const key = tag + ":timers";', [":timers"]],
    ["a key with its value", "const key = `${tag}:runs:status:${status}`;", [":runs:status:"]],
    ["a prefix of :steps", "const field = `case:${container}`;", ["case:"]],
  ])("a planted fault is found in TypeScript: %s", (_what, text, found) => {
    expect(spelledInTypeScript({ path: "queries/planted.ts", text })).toEqual(found);
  });
});

describe("the words that scripts take from the layout", () => {
  test("become literals, joined with their neighbors", () => {
    const text =
      "call('HSET', cell .. CELL.run .. id, RUN.status, '{\"' .. RECORD.status .. '\":' .. n) -- <= LIMIT.jobsPerScript";
    expect(withLayout(text, "x.lua")).toBe("call('HSET', cell .. ':run:' .. id, 'status', '{\"s\":' .. n) -- <= 200");
  });

  test("name the fields of a record", () => {
    expect(withLayout("record.attempts = (record.attempts or 0) + 1", "x.lua")).toBe("record.a = (record.a or 0) + 1");
  });

  test.each(["KEY.step", "KEYS.steps", "RECORD.constructor", "record.s", "LIMIT.toString"])(
    "are refused at load when the layout lacks them: %s",
    (word) => {
      expect(() => withLayout(`local x = ${word}`, "x.lua")).toThrow(/x\.lua: the layout has no/);
    },
  );

  test("are all used by a script", () => {
    const texts = [...sources("redis/lua/", ".lua"), ...sources("bullmq/lua/", ".lua")]
      .map(({ text }) => text)
      .join("\n");
    const unused = ["KEY", "FIELD", "EVENT", "IDEMPOTENCY", "OUT", "TIMER", "QUEUE", "NODE"].flatMap((table) =>
      Object.keys(luaWords[table] ?? {})
        .filter((name) => !texts.includes(`${table}.${name}`))
        .map((name) => `${table}.${name}`),
    );
    expect(unused).toEqual([]);
  });
});

test("the statuses that Lua takes for unsettled are those of the table of transitions", () => {
  const text = readFileSync(new URL("redis/lua/includes/run.lua", core), "utf8");
  const body = /function is_settled[\s\S]*?\nend/.exec(text)?.[0] ?? "";
  const unsettled = [...body.matchAll(/STEP_STATUS\.(\w+)/g)].map((match) => match[1] ?? "");
  expect(unsettled.toSorted()).toEqual(StepStatus.options.filter((status) => !isSettledStepStatus(status)).toSorted());
});

describe("names that stored data has", () => {
  test("are those of a running installation", () => {
    expect(recordFields).toMatchInlineSnapshot(`
      {
        "attempts": "a",
        "crashes": "k",
        "degraded": "g",
        "dueAt": "d",
        "endedAt": "e",
        "error": "x",
        "failures": "f",
        "handBacks": "h",
        "owner": "o",
        "queuedAt": "q",
        "skipReason": "r",
        "slaBreached": "b",
        "startedAt": "t",
        "status": "s",
      }
    `);
    expect(Object.entries(stepsFields).map(([name, { at }]) => `${name} ${at}`)).toMatchInlineSnapshot(`
      [
        "arrived a:<instance>",
        "inlinePosition c:<jobId>",
        "generation g:<instance>",
        "total n:<container>",
        "entered i:<container>",
        "failed f:<container>",
        "skipped k:<container>",
        "branchesInUse u:<container>",
        "waitingBranch w:<container>.<n>",
        "firstWaiting h:<container>",
        "nextWaiting t:<container>",
        "takenCase case:<conditional>",
      ]
    `);
    expect(documentedKeys.map(({ key, type }) => `${type} ${key}`)).toMatchInlineSnapshot(`
      [
        "PREFIX {b0}:q",
        "SET {b0}:queues",
        "HASH {b0}:run:<id>",
        "HASH {b0}:run:<id>:steps",
        "HASH {b0}:run:<id>:out",
        "HASH {b0}:run:<id>:big",
        "HASH {b0}:run:<id>:items",
        "LIST {b0}:run:<id>:ready",
        "LIST {b0}:run:<id>:done",
        "STREAM {b0}:run:<id>:events",
        "STRING {b0}:def:<hash>",
        "HASH {b0}:defs:ad-hoc",
        "SET {b0}:defs:registered",
        "ZSET {b0}:workflows",
        "HASH {b0}:workflow:<name>",
        "ZSET {b0}:runs",
        "ZSET {b0}:runs:workflow:<name>",
        "ZSET {b0}:runs:status:<status>",
        "ZSET {b0}:runs:tag:<tag>",
        "ZSET {b0}:open",
        "ZSET {b0}:timers",
        "HASH {b0}:idem:<digest>",
        "ZSET {b0}:workers",
        "STRING {b0}:worker:<id>",
        "SET {b0}:actions:<digest>",
        "CHANNEL {b0}:changes:<runId>",
        "CHANNEL {b0}:aborts",
      ]
    `);
  });

  test("are made of their parts", () => {
    const keys = new CellKeys("b1");
    expect(keys.run("r1").steps).toBe("{b1}:run:r1:steps");
    expect(keys.runsOfStatus("running")).toBe("{b1}:runs:status:running");
    expect(stepsField("waitingBranch", "fan", 3)).toBe("w:fan.3");
    expect([instanceField("a", 0), instanceField("a", 2)]).toEqual(["a", "a#2"]);
  });
});
