/**
 * `npm test`: installs what is missing, then runs every test against a real Redis. Arguments go to vitest, as in
 * `npm test -- packages/core`. The last line is `N passed, N failed`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureChromium } from "./ensure-chromium.mjs";
import { ensureRedisBinary } from "./ensure-redis.mjs";
import { run, runMain } from "./processes.mjs";

await runMain(async () => {
  ensureDependencies();
  ensureRedisBinary();
  process.env["BATON_CHROMIUM"] = ensureChromium();
  const dir = mkdtempSync(join(tmpdir(), "baton-test-"));
  const report = join(dir, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)];
  const code = run(process.execPath, vitest);
  const { passed, failed } = count(report);
  rmSync(dir, { recursive: true });
  const isGood = code === 0 && failed === 0 && passed > 0;
  console.log(`${passed} passed, ${isGood ? 0 : Math.max(failed, 1)} failed`);
  return isGood ? 0 : 1;
});

/**
 * Numbers of tests; a file that could not even be loaded counts as one that failed.
 * @param {string} report
 */
function count(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const files = /** @type {readonly { status: string, assertionResults: readonly { status: string }[] }[]} */ (
    testResults
  );
  const broken = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((result) => result.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
