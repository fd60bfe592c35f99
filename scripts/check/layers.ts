import { posix } from "node:path";
import { type Import, importsOf } from "./imports.js";
import { isTest, type SourceFile, type Violation } from "./source-file.js";

interface Layer {
  /** The folders of core, besides itself, that it may import. */
  readonly mayImport: readonly string[];
  readonly because: string;
}

/** The folders of packages/core/src in the order in which the data flows. */
export const coreLayers: Readonly<Record<string, Layer>> = {
  expression: { mayImport: [], because: "expression/ is CEL and templates; it knows nothing of workflows." },
  actions: {
    mayImport: [],
    because: "actions/ is what users bring: it knows of an attempt, and of nothing around it.",
  },
  definition: {
    mayImport: ["expression"],
    because: "definition/ is what an author may write; it stands before everything that is made of it.",
  },
  builder: {
    mayImport: ["expression", "definition"],
    because: "builder/ writes definitions in TypeScript: it gives what a YAML file gives.",
  },
  graph: {
    mayImport: ["expression", "definition"],
    because: "graph/ is pure: it turns a definition into nodes and edges and knows nothing of a run.",
  },
  kinds: {
    mayImport: ["expression", "definition", "actions", "graph"],
    because: "kinds/ says what is special about each kind of step; everything after it asks the table.",
  },
  run: {
    mayImport: ["expression", "definition", "graph", "kinds"],
    because: "run/ is pure: it says what a run is, whoever executes or stores it.",
  },
  ports: { mayImport: ["run"], because: "ports/ are interfaces: what the use cases need of the outside." },
  plan: {
    mayImport: ["expression", "definition", "graph", "kinds", "run", "ports"],
    because: "plan/ derives from a graph what schedules its nodes; it runs nothing.",
  },
  drawing: {
    mayImport: ["graph", "kinds", "run"],
    because: "drawing/ is pure: a graph and the states of its steps become a picture.",
  },
  execution: {
    mayImport: ["expression", "definition", "actions", "graph", "kinds", "run", "ports", "plan"],
    because: "execution/ is written against ports, so that it runs on Redis and on memory alike.",
  },
  commands: {
    mayImport: ["expression", "definition", "graph", "kinds", "run", "ports", "plan", "drawing"],
    because: "commands/ are use cases against ports, one a file; what executes steps is not theirs.",
  },
  queries: {
    mayImport: ["definition", "graph", "kinds", "run", "ports", "plan", "drawing"],
    because: "queries/ read through ports and change nothing.",
  },
  maintenance: { mayImport: ["ports"], because: "maintenance/ fires what is due, through ports." },
  bullmq: {
    mayImport: ["graph", "run", "ports", "plan"],
    because: "bullmq/ translates between BullMQ and outcomes; it takes the use cases as functions.",
  },
  redis: {
    mayImport: ["graph", "run", "ports", "plan", "bullmq"],
    because: "redis/ puts the ports on Redis; whatever stands before it runs on memory alike.",
  },
  metrics: {
    mayImport: ["ports"],
    because: "metrics/ implements the Metrics port: it counts what it is told and decides nothing.",
  },
};

/** What the package exports: each lists names, and nothing in core imports it. */
const entries = new Set(["index.ts", "engine.ts", "execution.ts", "definition.ts", "system-clock.ts"]);

interface PackageRule {
  readonly name: string;
  readonly onlyIn: readonly string[];
  readonly because: string;
}

const packageRules: readonly PackageRule[] = [
  {
    name: "bullmq",
    onlyIn: ["packages/core/src/bullmq/", "verify/", "bench/", "test/"],
    because: "bullmq/ is the only place that knows BullMQ; the next major version must change one folder.",
  },
  {
    name: "ioredis",
    onlyIn: ["packages/core/src/redis/", "verify/", "bench/", "test/"],
    because: "redis/ is the only place that talks to Redis; it hands out ports and a `connect`.",
  },
  {
    name: "vitest",
    onlyIn: ["verify/", "test/"],
    because: "Only tests and what stands in verify/ may depend on the test runner.",
  },
];

interface Workspace {
  readonly mayImport: readonly RegExp[];
  readonly because: string;
}

const workspaces: Readonly<Record<string, Workspace>> = {
  "packages/contract": {
    mayImport: [],
    because: "contract is what all share: it runs in a browser and imports zod only.",
  },
  "packages/node": { mayImport: [], because: "node holds primitives of processes; it knows nothing of Baton." },
  "packages/core": {
    mayImport: [/^@batonrun\/(contract|node)$/],
    because: "core is what all others stand on; inside it, import by path.",
  },
  "packages/client": {
    mayImport: [/^@batonrun\/contract$/],
    because: "client speaks HTTP; it shares with the server only the contract.",
  },
  "apps/api": {
    mayImport: [/^@batonrun\/(contract|node|core(\/(engine|bullmq|redis|metrics))?)$/],
    because: "api accepts and shows runs; step code runs in workers only, so it knows neither actions/ nor the worker.",
  },
  "apps/worker": {
    mayImport: [/^@batonrun\/(contract|node|core(\/(engine|execution|actions|bullmq|redis|metrics))?)$/],
    because: "worker needs core only; whatever it shares with the api belongs there.",
  },
  "apps/cli": {
    mayImport: [/^@batonrun\/(contract|node|client|core)$/],
    because: "cli is a client: it goes through REST and the names that core lists for everyone.",
  },
};

/** Every import that goes against the layers. A program outside the rules' folders is not judged. */
export function checkLayers(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((imported) => {
      const problem = judge(file, imported);
      if (problem === null) return [];
      const what = `imports ${imported.specifier}`;
      return [{ path: file.path, line: imported.line, what, todo: problem }];
    }),
  );
}

function judge(file: SourceFile, { specifier }: Import): string | null {
  if (specifier.startsWith(".")) return judgePath(file, posix.join(posix.dirname(file.path), specifier));
  if (specifier.startsWith("@batonrun/")) return judgeWorkspace(file, specifier);
  return judgePackage(file, specifier);
}

function judgePath(file: SourceFile, target: string): string | null {
  const home = workspaceOf(file.path);
  if (home === null) return null;
  if (workspaceOf(target) !== home) return "A workspace is imported by its name, so that its exports stay its border.";
  if (isForTests(target) && !isTest(file) && !isForTests(file.path)) return onlyTests;
  return home === "packages/core" ? judgeCore(file, folderOf(target)) : null;
}

const onlyTests = "What stands in testing/ is for tests: a program that needs it must find it elsewhere.";

/** A workspace's testing/ folder holds what its tests, and those of others, share. */
function isForTests(path: string): boolean {
  return /\/src\/testing\//.test(path);
}

function judgeCore(file: SourceFile, target: string): string | null {
  const folder = folderOf(file.path);
  if (folder === target || entries.has(folder)) return null;
  if (entries.has(target)) return "index.ts lists core's names for others; inside core, import the file itself.";
  const layer = coreLayers[folder];
  if (layer === undefined) return `No rule knows ${folder} in core: move it to the folder of its noun.`;
  // A test may show a layer together with what stands after it.
  return layer.mayImport.includes(target) || isTest(file) ? null : layer.because;
}

function judgeWorkspace(file: SourceFile, specifier: string): string | null {
  const home = workspaceOf(file.path);
  if (home === null) return null;
  if (specifier.endsWith("/testing") || /^@batonrun\/verify(\/|$)/.test(specifier))
    return isTest(file) || isForTests(file.path) ? null : onlyTests;
  const workspace = workspaces[home];
  if (workspace === undefined) return `No rule knows ${home}: give it one in scripts/check/layers.ts.`;
  return workspace.mayImport.some((allowed) => allowed.test(specifier)) ? null : workspace.because;
}

function judgePackage(file: SourceFile, specifier: string): string | null {
  if (isTest(file)) return null;
  const rule = packageRules.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (rule === undefined || rule.onlyIn.some((folder) => file.path.startsWith(folder))) return null;
  return rule.because;
}

/** `packages/core` of `packages/core/src/ids.ts`; null outside packages/ and apps/. */
function workspaceOf(path: string): string | null {
  return /^((?:packages|apps)\/[^/]+)\//.exec(path)?.[1] ?? null;
}

/** `graph` of `packages/core/src/graph/compile.ts`, `index.ts` of `packages/core/src/index.ts`. */
function folderOf(path: string): string {
  return /^packages\/core\/src\/([^/]+)/.exec(path)?.[1]?.replace(/\.js$/, ".ts") ?? "";
}
