/** `npm run check`: everything that a machine can judge without running the program. */
import { ensureDependencies } from "./dependencies.mjs";
import { fromSource, run, runMain } from "./processes.mjs";

/** @type {readonly (readonly [name: string, command: string, ...args: string[]])[]} */
const checks = [
  ["format and lint", "node_modules/.bin/biome", "check", "--error-on-warnings", "--max-diagnostics=100"],
  ["types", "node_modules/.bin/tsc", "-b"],
  ["layers and style", process.execPath, ...fromSource, "scripts/check/house.ts"],
  ["docs", process.execPath, ...fromSource, "scripts/docs/main.ts", "--check"],
  ["spelling", "node_modules/.bin/cspell", "lint", "--no-progress", "--no-summary", "--show-context"],
  ["dead code", "node_modules/.bin/knip", "--no-progress"],
];

await runMain(async () => {
  ensureDependencies();
  const failed = checks.filter(([name, command, ...args]) => {
    console.log(`\n# ${name}`);
    return run(command, args) !== 0;
  });
  const names = failed.map(([name]) => name).join(", ");
  console.log(
    failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${names}. \`npm run format\` fixes formatting.`,
  );
  return failed.length === 0 ? 0 : 1;
});
