import { afterEach, beforeEach, expect, test } from "vitest";
import type { AnnouncedWorker, WorkerDirectory } from "../../packages/core/src/ports/directory.js";

export interface DirectoryUnderTest {
  readonly workers: WorkerDirectory;
  /** The worker's lease ends, as after that time. */
  endLease(id: string): Promise<void>;
  close(): Promise<void>;
}

export function announcedWorker(
  id: string,
  actions: readonly string[] = ["text.extract", "core.noop"],
): AnnouncedWorker {
  return {
    id,
    host: "here",
    pid: 1,
    startedAt: 1,
    capabilities: ["text", "core"],
    concurrency: 4,
    graphFormats: [1],
    actions: actions.map((name) => ({ name, capability: "text", effects: "none", input: { type: "object" } })),
  };
}

/** What every WorkerDirectory promises. `make` gives an empty one. */
export function workerDirectoryContract(make: () => DirectoryUnderTest): void {
  let directory: DirectoryUnderTest;
  beforeEach(() => {
    directory = make();
  });
  afterEach(() => directory.close());

  async function listed(): Promise<readonly string[]> {
    return (await directory.workers.list()).map(({ id }) => id).toSorted();
  }

  test("a worker is listed once, as it announced itself, until it withdraws", async () => {
    const { workers } = directory;
    await workers.announce(announcedWorker("w1"), 60_000);
    await workers.announce(announcedWorker("w1"), 60_000);
    expect(await workers.list()).toEqual([announcedWorker("w1")]);
    await workers.withdraw("w1");
    expect(await workers.list()).toEqual([]);
  });

  test("a later announcement replaces the one before", async () => {
    await directory.workers.announce(announcedWorker("w1"), 60_000);
    await directory.workers.announce(announcedWorker("w1", ["core.noop"]), 60_000);
    expect(await directory.workers.list()).toEqual([announcedWorker("w1", ["core.noop"])]);
  });

  test("a worker whose lease ended is not listed, and may come back", async () => {
    for (const id of ["late", "alive"]) await directory.workers.announce(announcedWorker(id), 60_000);
    await directory.endLease("late");
    expect(await listed()).toEqual(["alive"]);
    await directory.workers.announce(announcedWorker("late"), 60_000);
    expect(await listed()).toEqual(["alive", "late"]);
  });

  test("a worker without actions announces itself all the same", async () => {
    await directory.workers.announce(announcedWorker("idle", []), 60_000);
    expect(await directory.workers.list()).toEqual([announcedWorker("idle", [])]);
  });

  test("an unknown worker may withdraw", async () => {
    await directory.workers.announce(announcedWorker("w1"), 60_000);
    await directory.workers.withdraw("nobody");
    expect(await listed()).toEqual(["w1"]);
  });
}
