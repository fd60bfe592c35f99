import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CellKeys } from "@batonrun/core/redis";

export interface DescribedKey {
  readonly pattern: string;
  /** Redis' type, `CHANNEL`, or `PREFIX` where others put keys behind it. */
  readonly type: string;
}

const source = readFileSync(fileURLToPath(new URL("../../packages/core/src/redis/keys.ts", import.meta.url)), "utf8");

/** Every key that keys.ts can make, with `<…>` for what it is made of, and the type that its comment states. */
export function describedKeys(): readonly DescribedKey[] {
  const keys = new CellKeys();
  const makers: object = keys;
  const members = Object.entries(Object.getOwnPropertyDescriptors(CellKeys.prototype));
  return members.flatMap(([name, { get, value }]) => {
    if (name === "constructor") return [];
    const parameter = /(?:^|\n) {2}\w+\((\w+): /.exec(source.slice(source.indexOf(`\n  ${name}(`)))?.[1] ?? "";
    const made: unknown = get === undefined ? Reflect.apply(value, makers, [`<${parameter}>`]) : get.call(makers);
    if (typeof made === "string") return [{ pattern: withoutDigest(made), type: typeOf(name, "  ") }];
    return Object.entries(made ?? {}).map(([part, key]) => ({
      pattern: String(key),
      type: typeOf(part, "  readonly "),
    }));
  });
}

/** The comment in front of the member begins with the type. */
function typeOf(name: string, lead: string): string {
  const member = new RegExp(`\\n${lead}(get )?${name}[(:]`).exec(source);
  const comment = source.lastIndexOf("/**", member?.index ?? 0);
  const word = /[A-Za-z]+/.exec(source.slice(comment))?.[0].toUpperCase() ?? "";
  return word === "THE" ? "PREFIX" : word;
}

function withoutDigest(key: string): string {
  return key.replace(/[0-9a-f]{64}$/, "<digest>");
}
