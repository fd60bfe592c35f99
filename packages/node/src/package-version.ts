import { readFileSync } from "node:fs";
import { z } from "zod";

const Manifest = z.object({ version: z.string() });

/**
 * The version in a package.json.
 * @example packageVersion(new URL("../package.json", import.meta.url)) in src/ and in dist/ alike
 */
export function packageVersion(manifest: URL): string {
  return Manifest.parse(JSON.parse(readFileSync(manifest, "utf8"))).version;
}
