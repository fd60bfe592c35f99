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
  definition: {
    mayImport: [],
    because: "definition/ is what an author may write; it stands before everything that is made of it.",
  },
  graph: {
    mayImport: ["definition"],
    because: "graph/ is pure: it turns a definition into nodes and edges and knows nothing of a run.",
  },
  run: {
    mayImport: ["definition", "graph"],
    because: "run/ is pure: it says what a run is, whoever executes or stores it.",
  },
  steps: {
    mayImport: ["definition", "graph", "run"],
    because: "steps/ says what each kind does; the engine calls it, never the other way round.",
  },
  engine: {
    mayImport: ["definition", "graph", "run", "steps"],
    because: "engine/ is written against ports, so that every use case runs on Redis and on memory alike.",
  },
  bullmq: {
    mayImport: ["graph", "run"],
    because: "bullmq/ translates between BullMQ and outcomes; it takes the engine's use cases as functions.",
  },
  redis: {
    mayImport: ["definition", "graph", "run", "steps", "engine", "bullmq"],
    because:
      "redis/ puts the ports on Redis; whatever stands before it runs on memory alike, and what comes after is for tests.",
  },
  metrics: {
    mayImport: [],
    because: "metrics/ implements the Metrics port: it counts what it is told and decides nothing.",
  },
  memory: {
    mayImport: ["definition", "graph", "run"],
    because: "memory/ is the reference model: what it shares with redis/ it cannot check.",
  },
  testing: {
    mayImport: [
      "system-clock",
      "definition",
      "graph",
      "run",
      "steps",
      "engine",
      "bullmq",
      "redis",
      "metrics",
      "memory",
    ],
    because: "testing/ may see all of core, and only tests may see testing/.",
  },
};

/** The files beside the folders that every folder may import. `system-clock.ts` is for whoever builds a process. */
const servesAll = new Set(["ids", "errors", "ports"]);

interface PackageRule {
  readonly name: string;
  readonly onlyIn: readonly string[];
  readonly because: string;
}

const packageRules: readonly PackageRule[] = [
  {
    name: "bullmq",
    onlyIn: ["packages/core/src/bullmq/", "bench/", "test/"],
    because: "bullmq/ is the only place that knows BullMQ; the next major version must change one folder.",
  },
  {
    name: "ioredis",
    onlyIn: ["packages/core/src/redis/", "packages/core/src/testing/", "bench/", "test/"],
    because: "redis/ is the only place that talks to Redis; it hands out ports and a `connect`.",
  },
  {
    name: "vitest",
    onlyIn: ["packages/core/src/testing/", "test/"],
    because: "Only tests and the contract suites in testing/ may depend on the test runner.",
  },
];

interface Workspace {
  readonly mayImport: readonly RegExp[];
  readonly because: string;
}

const workspaces: Readonly<Record<string, Workspace>> = {
  "packages/core": { mayImport: [], because: "core is what all others stand on; inside it, import by path." },
  "packages/client": {
    mayImport: [/^@baton\/core$/],
    because: "client speaks HTTP; it shares with the server only the names that core lists for everyone.",
  },
  "apps/api": {
    mayImport: [/^@baton\/core(\/(engine|bullmq|redis|metrics))?$/],
    because: "api accepts and shows runs; step code runs in workers only, so it knows neither steps/ nor the worker.",
  },
  "apps/worker": {
    mayImport: [/^@baton\/core(\/(engine|steps|bullmq|redis|metrics))?$/],
    because: "worker needs core only; whatever it shares with the api belongs there.",
  },
  "apps/cli": {
    mayImport: [/^@baton\/(client|core)$/],
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
  if (specifier.startsWith("@baton/")) return judgeWorkspace(file, specifier);
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
  if (folder === target || servesAll.has(target) || folder === "index") return null;
  if (target === "index") return "index.ts lists core's names for others; inside core, import the file itself.";
  if (isTest(file) && target === "testing") return null;
  if (folder === "ports" && (target === "run" || target === "definition" || target === "graph")) return null;
  if (servesAll.has(folder) || folder === "system-clock") return "What serves all folders stands before them.";
  const layer = coreLayers[folder];
  if (layer === undefined) return `No rule knows ${folder} in core: move it to the folder of its noun.`;
  return layer.mayImport.includes(target) ? null : layer.because;
}

function judgeWorkspace(file: SourceFile, specifier: string): string | null {
  const home = workspaceOf(file.path);
  if (home === null) return null;
  if (specifier.endsWith("/testing")) return isTest(file) || isForTests(file.path) ? null : onlyTests;
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

/** `graph` of `packages/core/src/graph/compile.ts`, `ids` of `packages/core/src/ids.ts`. */
function folderOf(path: string): string {
  return /^packages\/core\/src\/([^/.]+)/.exec(path)?.[1] ?? "";
}
