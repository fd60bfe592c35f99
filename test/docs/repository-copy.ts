import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const left = new Set([".git", ".baton", "node_modules", "dist", "coverage"]);

/** The tree as a clone has it, beside the dependencies of this one: what is started there has a Redis of its own. */
export function copyRepository(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "baton-clone-"));
  cpSync(root, path, { recursive: true, filter: (source) => source === root || !left.has(basename(source)) });
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
