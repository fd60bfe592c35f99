import type { RunId } from "@batonrun/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventFeed } from "../../packages/core/src/ports/run-reader.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";

export interface FeedUnderTest {
  readonly feed: EventFeed;
  /** Says that the run's events now end at `seq`. Resolves when that was sent, not when it was heard. */
  announce(id: RunId, seq: number): Promise<void>;
  close(): Promise<void>;
}

/** A listener that a test can wait for. */
export function recordingListener() {
  const heard: number[] = [];
  let wake: () => void = () => undefined;
  return {
    heard,
    listener: (seq: number): void => {
      heard.push(seq);
      wake();
    },
    /** Resolves when what was heard is enough. */
    until: (isEnough: (heard: readonly number[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        wake = () => isEnough(heard) && resolve();
        wake();
      }),
  };
}

/** What every EventFeed promises. */
export function eventFeedContract(make: () => Promise<FeedUnderTest>): void {
  let under: FeedUnderTest;
  beforeEach(async () => {
    under = await make();
  });
  afterEach(() => under.close());

  // (EF1)
  test("a listener hears of every change after it subscribed, and of no other run's (EF1)", async () => {
    const [id, other] = [newRunId(1, Math.random), newRunId(2, Math.random)];
    const one = recordingListener();
    await under.announce(id, 1);
    await under.feed.subscribe(id, one.listener);
    await under.announce(other, 99);
    await under.announce(id, 7);
    await under.announce(id, 8);
    await one.until((heard) => heard.length === 2);
    expect(one.heard).toEqual([7, 8]);
  });

  test("every listener of a run hears, until it has left", async () => {
    const id = newRunId(1, Math.random);
    const [one, other] = [recordingListener(), recordingListener()];
    const leave = await under.feed.subscribe(id, one.listener);
    await under.feed.subscribe(id, other.listener);
    await under.announce(id, 1);
    await Promise.all([one, other].map(({ until }) => until((heard) => heard.length === 1)));
    await leave();
    await under.announce(id, 2);
    await other.until((heard) => heard.length === 2);
    expect(one.heard).toEqual([1]);
  });

  test("leaving twice takes nobody else along, though both gave the same function", async () => {
    const id = newRunId(1, Math.random);
    const { listener, heard, until } = recordingListener();
    const leave = await under.feed.subscribe(id, listener);
    await under.feed.subscribe(id, listener);
    await leave();
    await leave();
    await under.announce(id, 3);
    await until((all) => all.length === 1);
    expect(heard).toEqual([3]);
  });
}
