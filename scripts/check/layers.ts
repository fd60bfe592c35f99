import type { SourceFile } from "./source-file.js";

const core = "packages/core/src/";

/** Holds biome/layers.jsonc, CONTRIBUTING, and the folders of core to one order. */
export function checkLayers(files: readonly SourceFile[]): string[] {
  const layers = layersOf(textOf(files, "biome/layers.jsonc"));
  const order = layers.map(({ folder }) => folder);
  const folders = new Set(files.flatMap(({ path }) => /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1] ?? []));
  const told = /imports only those before it:([^.]*)\./.exec(textOf(files, "CONTRIBUTING.md"))?.[1] ?? "";
  const documented = [...told.matchAll(/`(\w+)`/g)].map((match) => match[1]);
  return [
    ...[...folders]
      .filter((folder) => !order.includes(folder))
      .map((folder) => `${core}${folder}/ has no rule in biome/layers.jsonc`),
    ...order
      .filter((folder) => !folders.has(folder))
      .map((folder) => `biome/layers.jsonc rules ${core}${folder}/, which has no file`),
    ...layers.flatMap(({ folder, allowed }) =>
      allowed
        .filter((other) => !order.slice(0, order.indexOf(folder)).includes(other))
        .map((other) => `biome/layers.jsonc lets ${folder}/ import ${other}/, which comes after it`),
    ),
    ...(documented.join() === order.join()
      ? []
      : [`CONTRIBUTING.md must list the folders of core as ${order.join(", ")}`]),
  ];
}

interface Layer {
  readonly folder: string;
  readonly allowed: readonly string[];
}

// Each rule names its folder in `includes`, and what it allows in a pattern such as "!**/{graph,run}/**".
function layersOf(config: string): Layer[] {
  return [...config.matchAll(/"\*\*\/packages\/core\/src\/(\w+)\/\*\*"[\s\S]*?"group": \[(.*)\]/g)].map((match) => ({
    folder: match[1] ?? "",
    allowed: /"!\*\*\/\{?([\w,]+)\}?\/\*\*"/.exec(match[2] ?? "")?.[1]?.split(",") ?? [],
  }));
}

export function textOf(files: readonly SourceFile[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? "";
}
