import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** One file of the repository; `path` is relative to the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file that Git tracks or would track. */
export function readRepository(root: string): SourceFile[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  const paths = [...new Set(listed.toString().split("\0"))].filter((path) => path !== "");
  return paths
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function isTest({ path }: SourceFile): boolean {
  return /\.(test|contract)\.ts$/.test(path);
}

/** Shipped code: TypeScript and Lua of a package or an application, without its tests. */
export function isProgram(file: SourceFile): boolean {
  return /^(packages|apps)\/[^/]+\/src\/(?!.*testing\/).*\.(ts|lua)$/.test(file.path) && !isTest(file);
}

/** `path:line`, lines from 1. */
export function at({ path, text }: SourceFile, offset: number): string {
  return `${path}:${text.slice(0, offset).split("\n").length}`;
}
