/**
 * `npm test`: installs what the selected tests need and this machine lacks, then runs them. Arguments go to vitest:
 * `npm test -- packages/core` runs unit tests only, which need neither Redis nor Chromium. The last line is
 * `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureChromium } from "./ensure-chromium.mjs";
import { ensureRedisBinary } from "./ensure-redis.mjs";
import { root, run, runMain, Stop } from "./processes.mjs";

const vitest = "node_modules/vitest/vitest.mjs";

await runMain(async () => {
  ensureDependencies();
  const files = selectedFiles(process.argv.slice(2));
  if (files.some(({ projectName }) => projectName === "integration")) ensureRedisBinary();
  if (files.some(({ file }) => readFileSync(file, "utf8").includes("BATON_CHROMIUM"))) {
    process.env["BATON_CHROMIUM"] = ensureChromium();
  }
  const dir = mkdtempSync(join(tmpdir(), "baton-test-"));
  const report = join(dir, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = run(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)]);
  const { passed, failed } = count(report);
  rmSync(dir, { recursive: true });
  const isGood = code === 0 && failed === 0 && passed > 0;
  console.log(`${passed} passed, ${isGood ? 0 : Math.max(failed, 1)} failed`);
  return isGood ? 0 : 1;
});

/**
 * The test files that vitest would run, each with its project of vitest.config.ts.
 * @param {readonly string[]} args
 * @returns {readonly { readonly file: string, readonly projectName: string }[]}
 */
function selectedFiles(args) {
  const listed = spawnSync(process.execPath, [vitest, "list", ...args, "--filesOnly", "--json"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (listed.status !== 0) throw new Stop("vitest could not list the selected tests: see its message above.");
  return JSON.parse(listed.stdout);
}

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
