import { DefinitionHash } from "@batonrun/contract";
import { definitionOf } from "@batonrun/verify";
import { expect, test } from "vitest";
import { validateDefinition } from "../graph/checks/validate-definition.js";
import { GRAPH_FORMAT } from "../graph/graph.js";
import { GraphCache } from "./graph-cache.js";

const hashes = ["1", "2", "3"].map((digit) => DefinitionHash.parse(digit.repeat(64)));
const [one, two, three] = [hashes[0] ?? fail(), hashes[1] ?? fail(), hashes[2] ?? fail()];
const text = JSON.stringify(
  validateDefinition(definitionOf({ b: { action: "core.noop" }, a: { action: "core.noop" } })).definition,
);

function fail(): never {
  throw new Error("three hashes are made above");
}

/** A store that records the hashes requested. */
function store(answer: (hash: DefinitionHash) => Promise<string | null> = async () => text) {
  const asked: string[] = [];
  return {
    asked,
    get: (hash: DefinitionHash) => {
      asked.push(hash);
      return answer(hash);
    },
  };
}

test("a graph is loaded once and keeps the declaration order of its steps (GC2)", async () => {
  const definitions = store();
  const graphs = new GraphCache(definitions);
  const [first, second] = await Promise.all([graphs.find(one, GRAPH_FORMAT), graphs.find(one, GRAPH_FORMAT)]);
  expect(first).toBe(second);
  expect(first?.top.steps).toEqual(["b", "a"]);
  expect(definitions.asked).toEqual([one]);
});

test("the least recently used graph is evicted first", async () => {
  const definitions = store();
  const graphs = new GraphCache(definitions, { capacity: 2 });
  for (const hash of [one, two, one, three, one, two]) await graphs.find(hash, GRAPH_FORMAT);
  expect(definitions.asked).toEqual([one, two, three, two]);
});

test("a graph of another format is neither returned nor loaded (GC1)", async () => {
  const definitions = store();
  expect(await new GraphCache(definitions).find(one, GRAPH_FORMAT + 1)).toBeNull();
  expect(definitions.asked).toEqual([]);
});

test("a definition that was missing or unreadable is requested again", async () => {
  const answers = [async () => null, async () => Promise.reject(new Error("away")), async () => text];
  const graphs = new GraphCache(store(() => (answers.shift() ?? fail)()));
  expect(await graphs.find(one, GRAPH_FORMAT)).toBeNull();
  await expect(graphs.find(one, GRAPH_FORMAT)).rejects.toThrow("away");
  expect(await graphs.find(one, GRAPH_FORMAT)).not.toBeNull();
});
