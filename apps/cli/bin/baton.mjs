#!/usr/bin/env node
/** `baton`: the compiled program where the package is installed; in a checkout, which has src/, the source through tsx. */
import { existsSync } from "node:fs";
import { register } from "node:module";

const source = new URL("../src/main.ts", import.meta.url);

if (existsSync(source)) {
  const tsx = await import("tsx/esm/api");
  tsx.register();
  // The workspaces export their TypeScript under this condition; a flag of Node would need a second process.
  const hook = `export const resolve = (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["source", ...context.conditions] });`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  await import(source.href);
} else {
  await import(new URL("../dist/main.js", import.meta.url).href);
}
