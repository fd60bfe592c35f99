import type { DefinitionHash } from "@batonrun/contract";
import semver from "semver";
import { z } from "zod";
import type { DefinitionStore, StoredVersion } from "../../packages/core/src/ports/directory.js";
import { decodeCursor, encodeCursor } from "../../packages/core/src/run/cursor.js";
import type { MemoryCell } from "./memory-cell.js";

const NameCursor = z.strictObject({ name: z.string() });

/** Definitions of a memory cell. Which hashes are stored is the cell's to say: a sweep removes an ad hoc definition. */
export function memoryDefinitionStore(cell: MemoryCell): DefinitionStore {
  const texts = new Map<string, string>();
  const workflows = new Map<string, Map<string, StoredVersion>>();
  const store = (hash: DefinitionHash, text: string) => {
    texts.set(hash, text);
    cell.change(({ definitions }) => {
      if (!definitions.stored.includes(hash)) definitions.stored.push(hash);
    });
  };
  return {
    get: async (hash) => (cell.state().definitions.stored.includes(hash) ? (texts.get(hash) ?? null) : null),
    put: async (hash, text) => store(hash, text),
    register: async ({ name, version, hash }, text) => {
      const versions = workflows.get(name) ?? new Map<string, StoredVersion>();
      const known = versions.get(version);
      if (known !== undefined) return known.hash === hash ? "unchanged" : "conflict";
      store(hash, text);
      cell.change(({ definitions }) => void definitions.registered.push(hash));
      workflows.set(name, versions.set(version, { name, version, hash, createdAt: cell.now() }));
      return "created";
    },
    version: async (name, version) => workflows.get(name)?.get(version) ?? null,
    versions: async (name) =>
      [...(workflows.get(name)?.values() ?? [])].sort((one, other) => semver.rcompare(one.version, other.version)),
    names: async (limit, cursor) => {
      const after = cursor === undefined ? "" : decodeCursor(NameCursor, cursor).name;
      const names = [...workflows.keys()].sort().filter((name) => name > after);
      const items = names.slice(0, limit);
      return names.length <= limit ? { items } : { items, nextCursor: encodeCursor({ name: items.at(-1) }) };
    },
  };
}
