import { basename } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { isTest, lineAt, type SourceFile, type Violation } from "./source-file.js";

/** A drawer for anything; rule 2. */
const drawerNames = new Set([
  ...["utils", "util", "helpers", "helper", "common", "constants", "types", "manager", "service", "services"],
  ...["components", "shared", "misc", "lib"],
]);

/** A file as the rules see it; `report` adds what is wrong at an offset of it. */
interface Reading {
  readonly file: SourceFile;
  readonly program: Program;
  readonly comments: Comments;
  readonly report: (offset: number, what: string, todo: string) => void;
}

type Program = ReturnType<typeof parseSync>["program"];
type Comments = ReturnType<typeof parseSync>["comments"];

/** The rules of STYLE.md section 3 that Biome cannot judge. */
export function checkStyle(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const violations: Violation[] = [];
    const { program, comments } = parseSync(file.path, file.text);
    function report(offset: number, what: string, todo: string): void {
      violations.push({ path: file.path, line: lineAt(file.text, offset), what, todo });
    }
    const rules = isOurs(file) ? [...rulesOfAll, ...rulesOfPrograms] : rulesOfAll;
    for (const rule of rules) rule({ file, program, comments, report });
    return violations;
  });
}

const rulesOfAll = [checkName, checkComments];
const rulesOfPrograms = [checkAssertions, checkClasses, checkClock, checkKeys, checkIndex];

/** Program code, as opposed to tests and scripts. */
function isOurs(file: SourceFile): boolean {
  return /^(packages|apps)\/[^/]+\/src\//.test(file.path) && !isTest(file);
}

function checkName({ file, report }: Reading): void {
  const drawer = file.path
    .split("/")
    .map((part) => part.split(".")[0] ?? "")
    .flatMap((part) => [part, part.split("-").at(-1) ?? ""])
    .find((word) => drawerNames.has(word));
  if (drawer === undefined) return;
  report(0, `is named for a drawer, "${drawer}"`, "Put each thing where its noun lives (rule 2).");
}

function checkComments({ comments, report }: Reading): void {
  for (const comment of comments) {
    if (!/\b(TODO|FIXME|XXX)\b/.test(comment.value) || /#\d+/.test(comment.value)) continue;
    report(comment.start, "has a TODO without an issue", "Name the issue, as in `TODO #12`, or do it (rule 41).");
  }
}

/** `as` stands next to a comment that says what the compiler cannot see. */
function checkAssertions({ file, program, comments, report }: Reading): void {
  const commented = new Set(comments.map((comment) => lineAt(file.text, comment.end)));
  const visitor = new Visitor({
    TSAsExpression(node) {
      if (file.text.slice(node.typeAnnotation.start, node.typeAnnotation.end) === "const") return;
      const line = lineAt(file.text, node.typeAnnotation.start);
      const first = lineAt(file.text, node.start);
      for (let near = first - 2; near <= line; near += 1) if (commented.has(near)) return;
      report(node.typeAnnotation.start, "has an `as` without a comment", AS_REASON);
    },
  });
  visitor.visit(program);
}

const AS_REASON = "Say beside it what the compiler cannot see, or parse the value (rule 16).";

/** No inheritance save from errors, no decorators. */
function checkClasses({ program, report }: Reading): void {
  const visitor = new Visitor({
    ClassDeclaration(node) {
      const parent = node.superClass?.type === "Identifier" ? node.superClass.name : null;
      if (node.superClass !== null && !parent?.endsWith("Error")) {
        report(node.start, `extends ${parent ?? "an expression"}`, "Compose functions instead (rule 22).");
      }
    },
    Decorator(node) {
      report(node.start, "has a decorator", "Call the function instead (rule 22).");
    },
  });
  visitor.visit(program);
}

/** Time is a port; one file reads the real clock. */
function checkClock({ file, program, report }: Reading): void {
  if (file.path === realClock) return;
  const visitor = new Visitor({
    CallExpression(node) {
      const called = file.text.slice(node.callee.start, node.callee.end);
      if (called === "Date.now") report(node.start, "reads the clock", CLOCK_REASON);
    },
    NewExpression(node) {
      const made = file.text.slice(node.callee.start, node.callee.end);
      if (made === "Date" && node.arguments.length === 0) report(node.start, "reads the clock", CLOCK_REASON);
    },
  });
  visitor.visit(program);
}

const realClock = "packages/core/src/system-clock.ts";
const CLOCK_REASON = "Take a Clock port; only core's system-clock.ts reads the real one (rule 24).";

/** A key of Redis is written down in redis/layout.ts only. */
function checkKeys({ file, program, report }: Reading): void {
  if (file.path === "packages/core/src/redis/layout.ts") return;
  const visitor = new Visitor({
    TemplateElement: (node) => judgeText(node.value.raw, node.start),
    Literal(node) {
      if (typeof node.value === "string") judgeText(node.value, node.start);
    },
  });
  function judgeText(text: string, start: number): void {
    if (/\{b\d+\}|^:?(run|def|bull):$/.test(text)) {
      report(start, "builds a Redis key", "Ask redis/layout.ts for it (rule 31).");
    }
  }
  visitor.visit(program);
}

/** An index.ts lists: re-exports, or one table. */
function checkIndex({ file, program, report }: Reading): void {
  if (basename(file.path) !== "index.ts") return;
  const visitor = new Visitor({ FunctionDeclaration: judge, ClassDeclaration: judge });
  function judge(node: { readonly start: number }): void {
    report(node.start, "has logic in an index.ts", "Move it to the file of its noun; an index only lists (rule 3).");
  }
  visitor.visit(program);
}
