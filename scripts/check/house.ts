/** Holds the tree to docs/style.md where no rule of Biome can: `house.ts [root]`. Exits 1 on a violation. */
import { fileURLToPath } from "node:url";
import { checkInvariants } from "./invariants.js";
import { checkLayers } from "./layers.js";
import { isProgram, readRepository } from "./source-file.js";
import { checkTree } from "./tree.js";
import { checkWalks } from "./walks.js";

const root = process.argv[2] ?? fileURLToPath(new URL("../..", import.meta.url));
const files = readRepository(root);
const violations = [checkTree, checkLayers, checkInvariants, checkWalks].flatMap((check) => check(files));
if (!files.some(isProgram)) violations.push(`no program was found in ${root}: a check that saw nothing shows nothing`);
for (const violation of violations) console.log(violation);
console.log(`house: ${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
