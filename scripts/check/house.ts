/** Holds the tree to the layers and to STYLE.md. Exits 1 on a violation, and when it looked at no file. */
import { fileURLToPath } from "node:url";
import { checkLayers } from "./layers.js";
import { readSourceFiles } from "./source-file.js";
import { checkStyle } from "./style.js";
import { verdict } from "./verdict.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = readSourceFiles(root, ["packages", "apps", "verify", "test", "bench", "examples", "scripts"]);
const { lines, isGood } = verdict(files, [...checkLayers(files), ...checkStyle(files)]);
for (const line of lines) console.log(line);
process.exitCode = isGood ? 0 : 1;
