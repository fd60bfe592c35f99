import { defineConfig } from "vitest/config";

/**
 * Workspaces export their TypeScript under `source`, so that tests need no build. No other condition belongs here: the
 * test processes get them all by `--conditions`, and with `import` among them a CommonJS package is given ES modules.
 */
const conditions = ["source"];

const endToEnd = "**/*.e2e.test.ts";

export default defineConfig({
  resolve: { conditions: [...conditions, "node"] },
  ssr: { resolve: { conditions: [...conditions, "node"], externalConditions: conditions } },
  test: {
    pool: "forks",
    // One process per core. Vitest's own default leaves one core idle, which halves the speed of a machine with two.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    unstubEnvs: true,
    passWithNoTests: false,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      // Of folders that are pure: data in, data out. `npm run coverage` measures them; what they reach must not fall.
      thresholds: {
        "packages/contract/src/**": { lines: 97, branches: 90 },
        "packages/core/src/expression/**": { lines: 99, branches: 94 },
        "packages/core/src/definition/**": { lines: 99, branches: 91 },
        "packages/core/src/graph/**": { lines: 99, branches: 92 },
        "packages/core/src/kinds/**": { lines: 96, branches: 82 },
        "packages/core/src/plan/**": { lines: 99, branches: 93 },
        "packages/core/src/run/**": { lines: 98, branches: 88 },
        "packages/core/src/drawing/**": { lines: 97, branches: 86 },
      },
    },
    // A project's global setup runs only when one of its tests was selected: unit tests start no Redis.
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{packages,scripts}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", endToEnd],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["{apps,verify,test,examples,bench}/**/*.test.ts", `{packages,scripts}/${endToEnd}`],
          exclude: ["**/node_modules/**", "**/dist/**"],
          globalSetup: ["test/global-setup.ts"],
        },
      },
    ],
  },
});
