import { posix } from "node:path";
import { textOf } from "./layers.js";
import type { SourceFile } from "./source-file.js";

const MAX_STEPS = 12;

/**
 * The walks of ARCHITECTURE through a run, each a numbered list of files in the order of the calls. The step before calls the
 * file (`from 3`: the step 3 does): it imports it, by itself or through the exports of a workspace; or it loads or includes the
 * script; or, with "via `file`", that file passes the one to the other, or is the interface between the two.
 */
export function checkWalks(files: readonly SourceFile[]): string[] {
  const [, section = ""] =
    /^## How a run goes through the code\n([\s\S]*?)^## /m.exec(textOf(files, "ARCHITECTURE.md")) ?? [];
  const walks = section.split(/^### /m).slice(1);
  if (walks.length < 3) return ["ARCHITECTURE.md has no three walks: Submit, Claim and run, Settle"];
  return walks.flatMap((walk) => problemsOf(walk, files));
}

interface Step {
  readonly path: string;
  readonly from: number;
  readonly via: string | null;
}

function problemsOf(walk: string, files: readonly SourceFile[]): string[] {
  const name = walk.split("\n", 1)[0] ?? "";
  const steps = stepsOf(walk);
  if (steps.length < 2 || steps.length > MAX_STEPS)
    return [`the walk "${name}" has ${steps.length} files, not 2 to ${MAX_STEPS}`];
  const lost = steps
    .filter(({ path }) => textOf(files, path) === "")
    .map(({ path }) => `the walk "${name}" names ${path}, which is not there`);
  const broken = steps.slice(1).flatMap(({ path, from, via }) => {
    const caller = steps[from - 1]?.path ?? "";
    const goes = via === null ? calls(files, caller, path) : passes(files, via, [caller, path]);
    return goes
      ? []
      : [
          `the walk "${name}" goes from ${caller} to ${path}${via === null ? "" : ` via ${via}`}, and the code does not`,
        ];
  });
  return [...lost, ...broken];
}

/** "3. `path` (from 1, via `file`) does this." */
function stepsOf(walk: string): Step[] {
  return [...walk.matchAll(/^(\d+)\. `([^`]+)`(?: \((?:from (\d+))?(?:, )?(?:via `([^`]+)`)?\))?/gm)].map((match) => ({
    path: match[2] ?? "",
    from: Number(match[3] ?? Number(match[1]) - 1),
    via: match[4] ?? null,
  }));
}

/** `via` is between the two: it imports both, both import it, or one calls it and it calls the other. */
function passes(files: readonly SourceFile[], via: string, [caller = "", called = ""]: readonly string[]): boolean {
  const isKnownToCaller = calls(files, caller, via);
  if (calls(files, via, called)) return isKnownToCaller || calls(files, via, caller);
  return isKnownToCaller && calls(files, called, via);
}

function calls(files: readonly SourceFile[], from: string, to: string): boolean {
  const text = textOf(files, from);
  if (!to.endsWith(".lua")) return importedBy(files, from).includes(to);
  const script = posix.basename(to, ".lua");
  if (!from.endsWith(".lua")) return text.includes(`"${script}"`);
  return new RegExp(`^--@(?:include|bullmq) .*(?<![\\w-])${script}(?![\\w-])`, "m").test(text);
}

/** What a file imports; from a list such as a workspace's exports, the files of the names that it takes. */
function importedBy(files: readonly SourceFile[], from: string): string[] {
  return namesFrom(textOf(files, from)).flatMap(({ names, specifier }) => {
    const target = resolve(files, from, specifier);
    const listed = target === null ? [] : namesFrom(textOf(files, target), "export");
    const behind = listed
      .filter((list) => list.names.some((name) => names.includes(name)))
      .map((list) => posix.join(posix.dirname(target ?? ""), list.specifier.replace(/\.js$/, ".ts")));
    return target === null ? [] : [target, ...behind];
  });
}

function namesFrom(text: string, keyword = "(?:import|export)") {
  const pattern = new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\} from "([^"]+)"`, "gm");
  return [...text.matchAll(pattern)].map((match) => ({
    names: [...(match[1] ?? "").matchAll(/(?:^|,)\s*(?:type )?(\w+)/g)].map((name) => name[1] ?? ""),
    specifier: match[2] ?? "",
  }));
}

/** The path of a relative import, or of a workspace's export; null for a package of others. */
function resolve(files: readonly SourceFile[], from: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");
  const [, name = "", rest = ""] = /^@batonrun\/([^/]+)(.*)$/.exec(specifier) ?? [];
  const manifest = textOf(files, `packages/${name}/package.json`);
  const [, source] = new RegExp(`"\\.${rest}": \\{\\s*"source": "\\./([^"]+)"`).exec(manifest) ?? [];
  return source === undefined ? null : `packages/${name}/${source}`;
}
