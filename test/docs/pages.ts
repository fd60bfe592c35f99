import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const notOurs = new Set(["node_modules", "dist", "coverage", ".git", ".baton"]);

/** Of the repository, from its root, with slashes. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (notOurs.has(entry.name)) return [];
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

export interface Page {
  readonly path: string;
  readonly text: string;
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), "utf8") };
}

/** Everything that is written for people. */
export function allPages(): readonly Page[] {
  return filesUnder("")
    .filter((path) => path.endsWith(".md") && !path.includes("/sources/"))
    .map(readPage);
}

/** Links into the repository that lead nowhere, or to a heading that is not there. */
export function brokenLinks({ path, text }: Page): readonly string[] {
  return linksOf(text).filter((link) => {
    const [target = "", heading] = link.split("#");
    const file = target === "" ? join(root, path) : join(root, dirname(path), target);
    if (!existsSync(file)) return true;
    return heading !== undefined && !headingsOf(readFileSync(file, "utf8")).includes(heading);
  });
}

/** Those that leave the repository are left out. */
export function linksOf(text: string): readonly string[] {
  const links = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function headingsOf(text: string): readonly string[] {
  const headings = [...withoutFences(text).matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? "");
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Everything that looks like a path: what begins with a folder of the repository or of core, and names of its files. */
export function pathsOf(text: string): readonly string[] {
  const folders = foldersIn("").filter((name) => name !== "verify");
  const fromRoot = [...text.matchAll(/(?<![\w/.@:{-])\.?[\w-]+\/[\w@./<>*-]*\w/g)].map(([path]) => path);
  const inCode = [...withoutFences(text).matchAll(/`([\w./<>*-]+)`/g)].map((match) =>
    (match[1] ?? "").replace(/\/$/, ""),
  );
  const ofCore = inCode.filter(
    (path) => foldersIn("packages/core/src").includes(path.split("/")[0] ?? "") && path.includes("/"),
  );
  const names = inCode.filter((path) => /^[\w-][\w.-]*\.(ts|mjs|lua|yml|yaml)$/.test(path));
  return [...new Set([...fromRoot.filter((path) => folders.includes(path.split("/")[0] ?? "")), ...ofCore, ...names])];
}

/** A path may be told from the root or from core's source, a file by its name alone; `<…>` and `*` stand for any name. */
export function isThere(path: string, page: Page): boolean {
  const pattern = path
    .split(/<[^>]*>|\*+/)
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^/]*");
  const matches = new RegExp(`^(packages/core/src/|${dirname(page.path)}/|.*/(?=[^/]*$))?${pattern}(/.*)?$`);
  const isName = !path.includes("/");
  const exact = new RegExp(`^(packages/core/src/|${dirname(page.path)}/)?${pattern}(/.*)?$`);
  return allFiles().some((file) => (isName ? matches : exact).test(file));
}

function withoutFences(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "");
}

let known: readonly string[] | null = null;

function allFiles(): readonly string[] {
  known ??= filesUnder("");
  return known;
}

function foldersIn(folder: string): readonly string[] {
  const names = allFiles()
    .filter((file) => folder === "" || file.startsWith(`${folder}/`))
    .map((file) => file.slice(folder === "" ? 0 : folder.length + 1))
    .filter((file) => file.includes("/"))
    .map((file) => file.split("/")[0] ?? "");
  return [...new Set(names)];
}
