import { BatonError } from "@batonrun/contract";
import semver from "semver";
import type { DefinitionStore, StoredVersion } from "../ports/directory.js";

/** Finds the version for `name` (the newest, releases before prereleases) or `name@1.0.0`. One round trip. */
export async function findVersion(
  { definitions }: { readonly definitions: Pick<DefinitionStore, "version" | "versions"> },
  reference: string,
): Promise<StoredVersion> {
  const at = reference.indexOf("@");
  if (at === -1) return newest(reference, await definitions.versions(reference));
  const [name, version] = [reference.slice(0, at), reference.slice(at + 1)];
  const found = await definitions.version(name, version);
  if (found !== null) return found;
  const known = (await definitions.versions(name)).map((stored) => stored.version);
  if (known.length === 0) throw notFound(name);
  throw new BatonError(
    "version_not_found",
    `Workflow "${name}" has no version ${version}. Its versions are ${known.join(", ")}.`,
  );
}

function newest(name: string, versions: readonly StoredVersion[]): StoredVersion {
  const releases = versions.filter(({ version }) => semver.prerelease(version) === null);
  const candidates = releases.length > 0 ? releases : versions;
  const [first] = [...candidates].sort((one, other) => semver.rcompare(one.version, other.version));
  if (first === undefined) throw notFound(name);
  return first;
}

function notFound(name: string): BatonError {
  return new BatonError(
    "workflow_not_found",
    `There is no workflow "${name}". Register it with POST /v1/workflows, or send its definition with the run.`,
  );
}
