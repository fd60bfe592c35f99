import { z } from "zod";
import type { RunId } from "../ids.js";
import type { InputReader, LoadedInput } from "../ports.js";
import { StepRecord } from "../run/step.js";
import { isSettledStepStatus } from "../run/transitions.js";
import { answersOf, type RedisCell } from "./cell.js";
import type { RunKeys } from "./keys.js";

const SCAN_CHUNK = 500;
const Text = z.string().nullable();

/** What a claim loads, without the claim. */
export function redisInputReader(cell: RedisCell): InputReader {
  return {
    inputs: (id, names) => readInputs(cell, id, names),
    unsettled: (id) => readUnsettled(cell, id),
  };
}

async function readInputs(cell: RedisCell, id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]> {
  if (names.length === 0) return [];
  const keys = cell.keys.run(id);
  const generations = await generationsOf(cell, keys, names);
  const pipeline = cell.client.pipeline();
  for (const name of names) {
    const kind = name.charAt(0);
    const rest = name.slice(1);
    const field = fieldOf(name, generations.get(name) ?? 0);
    if (kind === "@") pipeline.hmget(keys.items, rest).hmget(keys.items, rest);
    else if (kind === "#")
      pipeline.hmget(keys.steps, `case:${rest}`).hmget(keys.steps, `n:${rest}`, `f:${rest}`, `k:${rest}`);
    else pipeline.hmget(keys.steps, field).hmget(keys.out, field);
  }
  const answers = (await answersOf(pipeline)).map((answer) => z.array(Text).parse(answer));
  return names.map((name, index) => {
    const kind = name.charAt(0);
    const record = kind === "@" ? "" : (answers[index * 2]?.[0] ?? "");
    const value = answers[index * 2 + 1] ?? [];
    return { name, record, value: kind === "#" ? value.map((count) => count ?? "0").join(" ") : (value[0] ?? "") };
  });
}

/** Generations above 0, in a run that has any: one more trip. */
async function generationsOf(
  { client }: RedisCell,
  keys: RunKeys,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const some = await client.hget(keys.run, "generations");
  if (some === null) return new Map();
  const values = await client.hmget(keys.steps, ...names.map((name) => `g:${name}`));
  return new Map(names.map((name, index) => [name, Number(values[index] ?? 0)]));
}

async function readUnsettled(
  { client, keys }: RedisCell,
  id: RunId,
): Promise<readonly { readonly instance: string; readonly generation: number }[]> {
  const found: { instance: string; generation: number }[] = [];
  let cursor = "0";
  do {
    const [next, flat] = await client.hscan(keys.run(id).steps, cursor, "COUNT", SCAN_CHUNK);
    cursor = next;
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const field = flat[i] ?? "";
      if (field.includes(":") || !isUnsettled(flat[i + 1] ?? "")) continue;
      const [instance = "", generation = "0"] = field.split("#");
      found.push({ instance, generation: Number(generation) });
    }
  } while (cursor !== "0");
  return found;
}

function isUnsettled(text: string): boolean {
  const record = StepRecord.parse(JSON.parse(text));
  return !isSettledStepStatus(record.s);
}

function fieldOf(instance: string, generation: number): string {
  return generation === 0 ? instance : `${instance}#${generation}`;
}
