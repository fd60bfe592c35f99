import { defineConfig } from "vitest/config";

/**
 * Workspaces export their TypeScript under `source`, so that tests need no build. No other condition may stand here: the
 * test processes get them all by `--conditions`, and with `import` among them a CommonJS package is given ES modules.
 */
const conditions = ["source"];

export default defineConfig({
  resolve: { conditions: [...conditions, "node"] },
  ssr: { resolve: { conditions: [...conditions, "node"], externalConditions: conditions } },
  test: {
    include: ["{packages,apps,verify,test,examples,scripts,bench}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["test/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    unstubEnvs: true,
    passWithNoTests: false,
    coverage: { provider: "v8", include: ["packages/*/src/**", "apps/*/src/**"] },
  },
});
