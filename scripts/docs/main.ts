/**
 * `npm run docs`: writes what the documentation takes from the code, between `<!-- generated:NAME -->` and
 * `<!-- /generated -->`, and the pages that are made as a whole. With `--check` it writes nothing, and fails when it would.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cliReference } from "../../apps/cli/src/cli-reference.js";
import { readRepository } from "../check/source-file.js";
import { blocks } from "./blocks.js";
import { generate } from "./generate.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const wholePages: Readonly<Record<string, () => string>> = { "docs/reference/cli.md": cliReference };

const pages = readRepository(root).filter(({ path }) => path.endsWith(".md"));
const { changed, problems } = generate(pages, { blocks, wholePages });
const isCheck = process.argv.includes("--check");
for (const { path, text } of changed) {
  if (isCheck) problems.push(`${path} differs from the code: run \`npm run docs\``);
  else writeFileSync(join(root, path), text);
}
for (const problem of problems) console.log(problem);
console.log(isCheck ? `docs: ${problems.length} problems` : `docs: ${changed.length} pages written`);
process.exitCode = problems.length === 0 ? 0 : 1;
