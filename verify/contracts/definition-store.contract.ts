import { DefinitionHash } from "@batonrun/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DefinitionStore } from "../../packages/core/src/ports/directory.js";

const one = DefinitionHash.parse("1".repeat(64));
const two = DefinitionHash.parse("2".repeat(64));

/** What every DefinitionStore promises. `make` gives an empty one. */
export function definitionStoreContract(make: () => { readonly store: DefinitionStore; close(): Promise<void> }): void {
  let store: DefinitionStore;
  let close: () => Promise<void>;
  beforeEach(() => {
    ({ store, close } = make());
  });
  afterEach(() => close());

  test("a version is created once, unchanged by the same content, and refused with other content", async () => {
    const version = { name: "demo", version: "1.0.0" };
    expect(await store.register({ ...version, hash: one }, '{"a":1}')).toBe("created");
    expect(await store.register({ ...version, hash: one }, '{"a":1}')).toBe("unchanged");
    expect(await store.register({ ...version, hash: two }, '{"a":2}')).toBe("conflict");
    expect(await store.get(one)).toBe('{"a":1}');
    expect(await store.get(two)).toBeNull();
    expect(await store.version("demo", "1.0.0")).toEqual({ ...version, hash: one, createdAt: expect.any(Number) });
  });

  test("exactly one of two registrations at once with other content is taken", async () => {
    const register = (hash: DefinitionHash) => store.register({ name: "race", version: "1.0.0", hash }, hash);
    const outcomes = await Promise.all([one, two].map(register));
    expect(outcomes.toSorted()).toEqual(["conflict", "created"]);
  });

  test("versions are listed by semver, the newest first", async () => {
    for (const version of ["1.9.0", "1.10.0", "2.0.0-beta.1", "1.2.0"]) {
      await store.register({ name: "sorted", version, hash: one }, "{}");
    }
    const versions = await store.versions("sorted");
    expect(versions.map(({ version }) => version)).toEqual(["2.0.0-beta.1", "1.10.0", "1.9.0", "1.2.0"]);
    expect(versions[0]).toEqual({ name: "sorted", version: "2.0.0-beta.1", hash: one, createdAt: expect.any(Number) });
  });

  test("what nobody registered is not there", async () => {
    await store.register({ name: "known", version: "1.0.0", hash: one }, "{}");
    expect(await store.versions("unknown")).toEqual([]);
    expect(await store.version("unknown", "1.0.0")).toBeNull();
    expect(await store.version("known", "9.9.9")).toBeNull();
    expect(await store.get(two)).toBeNull();
  });

  test("names are listed in alphabetical order, in pages, once each", async () => {
    for (const name of ["b", "a", "c"]) await store.register({ name, version: "1.0.0", hash: one }, "{}");
    await store.register({ name: "b", version: "2.0.0", hash: two }, "{}");
    const first = await store.names(2);
    expect(first.items).toEqual(["a", "b"]);
    expect(await store.names(2, first.nextCursor)).toEqual({ items: ["c"] });
    expect(await store.names(3)).toEqual({ items: ["a", "b", "c"] });
  });

  test.each(["nonsense", "", "e30"])("the cursor %j is refused", async (cursor) => {
    await expect(store.names(2, cursor)).rejects.toMatchObject({ code: "cursor_invalid" });
  });

  test("an ad hoc definition is stored under its hash, without a version", async () => {
    await store.put(two, '{"b":1}');
    expect(await store.get(two)).toBe('{"b":1}');
    expect(await store.names(5)).toEqual({ items: [] });
  });
}
