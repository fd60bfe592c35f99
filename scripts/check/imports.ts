import { parseSync, Visitor } from "oxc-parser";
import { lineAt, type SourceFile } from "./source-file.js";

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** Everything that a file names as a module: imports, re-exports, `import()` and types by `import("…")`. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  function add(source: { readonly value?: unknown; readonly start: number } | null): void {
    if (typeof source?.value === "string") {
      found.push({ specifier: source.value, line: lineAt(file.text, source.start) });
    }
  }
  const visitor = new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source as { value?: unknown; start: number }), // only a literal has a value
    TSImportType: (node) => add(node.source),
  });
  visitor.visit(parseSync(file.path, file.text).program);
  return found;
}
