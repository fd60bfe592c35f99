import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import path from "node:path";
import { documentError } from "./extracted.js";

/**
 * Reads a file that lies, links followed, in one of the roots. A relative path is looked for in each root in turn.
 * What lies outside is refused alike whether it exists or not, so that nobody can feel their way around the disk.
 */
export async function readConfinedFile(file: string, roots: readonly string[], maxBytes: number): Promise<Uint8Array> {
  const handle = await openConfined(file, roots);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw documentError("not_found", `${file} is not a file`);
    if (stat.size > maxBytes) {
      throw documentError("limit", `${file} has ${stat.size} bytes; the limit is ${maxBytes}`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function openConfined(file: string, roots: readonly string[]): Promise<FileHandle> {
  const blocked = documentError("blocked_path", `${file} is outside the directories that this worker may read`);
  if (file.includes("\0")) throw blocked;
  const realRoots = await Promise.all(roots.map((root) => realpath(root)));
  const targets = realRoots.map((root) => path.resolve(root, file));
  const inside = targets.filter((target) => isInside(target, [...realRoots, ...roots]));
  if (inside.length === 0) throw blocked;
  for (const target of inside) {
    // A path that can't be resolved may be there in the next root; in the end it is reported as not found.
    const real = await realpath(target).catch(() => undefined);
    if (real === undefined) continue;
    if (!isInside(real, realRoots)) throw blocked;
    return await openResolved(file, real);
  }
  throw documentError("not_found", `no document at ${file}`);
}

async function openResolved(file: string, real: string): Promise<FileHandle> {
  try {
    // The path is resolved: a link that has come in its place since is refused. A pipe must not block the worker.
    return await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw documentError("not_found", `${file} cannot be opened`, error);
  }
}

function isInside(target: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const relative = path.relative(root, target);
    return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  });
}
