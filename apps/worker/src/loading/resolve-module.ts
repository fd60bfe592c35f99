import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { isPlainObject } from "@batonrun/node/json";
import { z } from "zod";

const PackageJson = z.object({ exports: z.json().optional() });

/** The order of the keys in a package.json decides, not this one. */
const conditions: ReadonlySet<string> = new Set(["node", "import", "module", "default"]);

/**
 * The file that a path or package means, seen from `cwd` and not from where the worker is installed; null when there is
 * none. Node offers such a resolution for `require` only, which misses the ESM entry of a package, so that one is read here.
 */
export function resolveModule(specifier: string, cwd: string): string | null {
  const isPath = /^\.{0,2}\//.test(specifier) || specifier === "." || path.isAbsolute(specifier);
  const require = createRequire(path.join(cwd, "package.json"));
  if (isPath) return tryResolve(require, path.resolve(cwd, specifier));
  return esmEntry(require, specifier) ?? tryResolve(require, specifier);
}

function tryResolve(require: NodeJS.Require, request: string): string | null {
  try {
    return require.resolve(request);
  } catch {
    // Why it is not there adds nothing to the message that names specifier and directory.
    return null;
  }
}

function esmEntry(require: NodeJS.Require, specifier: string): string | null {
  const parts = specifier.split("/");
  const nameLength = specifier.startsWith("@") ? 2 : 1;
  const name = parts.slice(0, nameLength).join("/");
  const subpath = `.${parts
    .slice(nameLength)
    .map((part) => `/${part}`)
    .join("")}`;
  const directory = require.resolve
    .paths(specifier)
    ?.map((modules) => path.join(modules, name))
    .find((candidate) => existsSync(path.join(candidate, "package.json")));
  if (directory === undefined) return null;
  const manifest = PackageJson.safeParse(JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")));
  const target = manifest.success ? exportTarget(manifest.data.exports, subpath) : null;
  return target === null ? null : path.join(directory, target);
}

function exportTarget(exports: z.infer<typeof PackageJson>["exports"], subpath: string): string | null {
  if (!isPlainObject(exports)) return subpath === "." ? firstTarget(exports) : null;
  const hasSubpaths = Object.keys(exports).some((key) => key.startsWith("."));
  if (hasSubpaths) return firstTarget(exports[subpath]);
  return subpath === "." ? firstTarget(exports) : null;
}

function firstTarget(entry: z.infer<typeof PackageJson>["exports"]): string | null {
  if (typeof entry === "string") return entry;
  if (!isPlainObject(entry)) return null;
  for (const [condition, target] of Object.entries(entry)) {
    if (!conditions.has(condition)) continue;
    const found = firstTarget(target);
    if (found !== null) return found;
  }
  return null;
}
