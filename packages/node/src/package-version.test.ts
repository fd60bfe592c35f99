import { expect, test } from "vitest";
import { packageVersion } from "./package-version.js";

test("the version of a package is the one in its package.json", () => {
  expect(packageVersion(new URL("../package.json", import.meta.url))).toMatch(/^\d+\.\d+\.\d+$/);
});
