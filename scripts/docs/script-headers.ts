import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventCatalog } from "../../packages/contract/src/run/event.js";

const folder = fileURLToPath(new URL("../../packages/core/src/redis/lua/", import.meta.url));

export interface ScriptHeader {
  readonly name: string;
  /** The first sentence. */
  readonly purpose: string;
  readonly replies: readonly string[];
  readonly events: readonly string[];
  /** Fields of the command, as the header lists them. */
  readonly fields: readonly string[];
  /** Fields of the command that the script and what it includes read. */
  readonly fieldsRead: readonly string[];
}

/** What every script says of itself. */
export function scriptHeaders(): readonly ScriptHeader[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".lua"));
  return files.toSorted().map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const header = /^--\[\[([\s\S]*?)\]\]/.exec(text)?.[1] ?? "";
    const purpose = header.split(/^ *KEYS:/m)[0] ?? "";
    const replies = /^ *Replies:([\s\S]*?)(?:^ *Events:|$(?![\s\S]))/m.exec(header)?.[1] ?? "";
    const events = /^ *Events:([\s\S]*)/m.exec(header)?.[1] ?? "";
    return {
      name: file.slice(0, -".lua".length),
      purpose: (/^.*?\.(?= |$)/.exec(purpose.replaceAll(/\s+/g, " ").trim()) ?? [""])[0],
      replies: [...replies.matchAll(/'(\w+)'/g)].map((match) => match[1] ?? ""),
      events: [...events.matchAll(/\w+/g)].map(([word]) => word).filter((word) => word in eventCatalog),
      fields: (/msgpack:([^)]*)\)/.exec(header)?.[1] ?? "").split(",").map((field) => field.trim()),
      fieldsRead: [...new Set([...whole(text).matchAll(/\bcommand\.(\w+)/g)].map((match) => match[1] ?? ""))],
    };
  });
}

/** A script with what it includes, and what that includes. */
function whole(text: string): string {
  const names = [...text.matchAll(/^--@include (.*)$/gm)].flatMap((match) => (match[1] ?? "").trim().split(/\s+/));
  return [text, ...names.map((name) => whole(readFileSync(join(folder, `includes/${name}.lua`), "utf8")))].join("\n");
}
