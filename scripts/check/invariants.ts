import { textOf } from "./layers.js";
import { at, isProgram, isTest, type SourceFile } from "./source-file.js";

/** ` * EX1 what must stay true`, in the head comment of a file; ARCHITECTURE's table has `| I1 | …`. */
const declaration = /^(?: \* +|\| )([A-Z]{1,4}\d{1,2})(?=:? )/gm;

interface Place {
  readonly id: string;
  readonly file: SourceFile;
  readonly at: string;
}

/**
 * Rule 38. An id is declared once; one of the system (I1) is cited by the code that keeps it, one of a file (EX1) has a
 * prefix of that file, and every id is cited by a test that shows it. A cited id is declared.
 */
export function checkInvariants(files: readonly SourceFile[]): string[] {
  const declared = declaredIn(files);
  const ids = new Set(declared.map(({ id }) => id));
  const cited = citedIn(files, new Set(["I", ...[...ids].map(prefixOf)]));
  const isCited = (id: string, where: (file: SourceFile) => boolean) =>
    cited.some((place) => place.id === id && where(place.file));
  return [
    ...(ids.has("I1") ? [] : ["ARCHITECTURE.md declares no invariant I1: find its table"]),
    ...declared.flatMap((place, index) => problemOf(place, declared.slice(0, index))),
    ...cited.filter(({ id }) => !ids.has(id)).map((place) => `${place.at} cites ${place.id}, which nothing declares`),
    ...declared
      .filter(({ id }) => prefixOf(id) === "I" && !isCited(id, isProgram))
      .map(({ id }) => `no code says that it keeps ${id}: cite it at the line that does`),
    ...declared
      .filter(({ id }) => !isCited(id, isTest))
      .map((place) => `${place.at} ${place.id} is shown by no test: cite it in one`),
  ];
}

function declaredIn(files: readonly SourceFile[]): Place[] {
  const architecture = { path: "ARCHITECTURE.md", text: textOf(files, "ARCHITECTURE.md") };
  const others = files.filter((file) => file.path.endsWith(".ts") && !isTest(file));
  return [
    ...placesIn(architecture, declaration).filter(({ id }) => prefixOf(id) === "I"),
    ...others.flatMap((file) => placesIn(file, declaration)),
  ];
}

function problemOf({ id, file, at }: Place, earlier: readonly Place[]): string[] {
  const [same] = earlier.filter((other) => other.id === id);
  if (same !== undefined) return [`${at} declares ${id}, as ${same.at} does`];
  const [other] = earlier.filter((other) => prefixOf(other.id) === prefixOf(id) && other.file !== file);
  if (other !== undefined) return [`${at} declares ${id} under the prefix of ${other.at}`];
  const needsPrefix = file.path !== "ARCHITECTURE.md" && prefixOf(id).length < 2;
  return needsPrefix ? [`${at} declares ${id}: give the file a prefix of two or more capitals`] : [];
}

/** Every other occurrence of an id under a known prefix, in code and tests; scripts/ plants some. */
function citedIn(files: readonly SourceFile[], prefixes: ReadonlySet<string>): Place[] {
  const id = new RegExp(`(?<!^ \\* +)\\b((?:${[...prefixes].join("|")})\\d{1,2})\\b`, "gm");
  return files
    .filter(({ path }) => !path.startsWith("scripts/") && /\.(ts|lua)$/.test(path))
    .flatMap((file) => placesIn(file, id));
}

function placesIn(file: SourceFile, pattern: RegExp): Place[] {
  return [...file.text.matchAll(pattern)].map((match) => ({ id: match[1] ?? "", file, at: at(file, match.index) }));
}

/** `EX` of `EX1`. */
function prefixOf(id: string): string {
  return id.replace(/\d+$/, "");
}
