import { expect, test } from "vitest";
import { cliReference } from "./cli-reference.js";

test("the reference says what the program does", async () => {
  await expect(cliReference()).toMatchFileSnapshot("../../../docs/reference/cli.md");
});
