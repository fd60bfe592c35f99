import { expect, test } from "vitest";
import { createLog } from "./log.js";

function setup(options: { readonly level?: string; readonly secrets?: Record<string, string> } = {}) {
  const lines: string[] = [];
  const log = createLog({
    process: "worker",
    level: options.level ?? "info",
    secrets: options.secrets ?? {},
    destination: { write: (line) => lines.push(line) },
  });
  return { log, lines };
}

test("a line is one JSON object with level, time, process and message", () => {
  const { log, lines } = setup();
  log.info("announced", { actions: 9 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    process: "worker",
    msg: "announced",
    actions: 9,
  });
});

test("a child's lines carry its run and step", () => {
  const { log, lines } = setup();
  log.child({ run: "01J" }).child({ step: "extract", attempt: 2 }).warn("slow");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "warn",
    run: "01J",
    step: "extract",
    attempt: 2,
    msg: "slow",
  });
});

test("an error keeps its message, stack and cause", () => {
  const { log, lines } = setup();
  log.error("failed", { error: new Error("outer", { cause: new Error("inner") }) });
  const { error } = JSON.parse(lines[0] ?? "");
  expect(error.message).toBe("outer: inner");
  expect(error.stack).toContain("log.test.ts");
});

test("lines below the level are not written", () => {
  const { log, lines } = setup({ level: "warn" });
  log.info("quiet");
  expect(lines).toEqual([]);
});

test("no line has a secret, whichever field it was in and however JSON writes it", () => {
  const { log, lines } = setup({ secrets: { TOKEN: "tok-1234", PEM: 'line "one"\nline two', LONGER: "tok-1234-56" } });
  log.error("calling with tok-1234 failed", { header: "Bearer tok-1234-56", error: new Error('line "one"\nline two') });
  expect(lines[0]).not.toMatch(/tok-1234|line two/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    msg: "calling with [secret] failed",
    header: "Bearer [secret]",
    error: { message: "[secret]" },
  });
});
