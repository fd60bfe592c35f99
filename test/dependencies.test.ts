import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

const lockfile = readJson("package-lock.json") as Lockfile; // npm's format
const workspaces = Object.keys(lockfile.packages).filter((path) => !path.includes("node_modules/"));

test("every dependency is an exact version, so that what was tried is what is installed", () => {
  expect(workspaces.length).toBeGreaterThan(5);
  for (const workspace of workspaces) {
    const manifest = readJson(join(workspace, "package.json")) as Manifest; // npm's format
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
    }
  }
});

test("no package runs code while it is installed", () => {
  expect(readFileSync(join(root, ".npmrc"), "utf8")).toContain("ignore-scripts=true\n");
});

test("the packages that would run code when installed are known to work without it", () => {
  const names = Object.entries(lockfile.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
  expect([...new Set(names)].sort()).toEqual(["@scarf/scarf", "esbuild", "msgpackr-extract"]);
});

test("everything comes from the npm registry", () => {
  for (const { resolved } of Object.values(lockfile.packages)) {
    expect(resolved ?? "https://registry.npmjs.org/").toMatch(
      /^(https:\/\/registry\.npmjs\.org\/|(packages\/|apps\/|verify$))/,
    );
  }
});

test("the lockfile names the packages of every platform, so that `npm ci` works on all of them", () => {
  const names = new Set(Object.keys(lockfile.packages).map((path) => path.replace(/^.*node_modules\//, "")));
  const wanted = Object.values(lockfile.packages).flatMap((locked) => Object.keys(locked.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});
