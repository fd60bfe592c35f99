import type { RunId } from "@batonrun/contract";
import type { ChainableCommander } from "ioredis";
import { z } from "zod";
import type { InputReader, LoadedInput } from "../../ports/run-reader.js";
import { StepRecord } from "../../run/step-record.js";
import { isSettledStepStatus } from "../../run/transitions.js";
import { answersOf, type RedisCell } from "../cell.js";
import type { RunKeys } from "../cell-keys.js";
import { instanceField, limits, type RunField, stepsField } from "../layout.js";
import { fromRedis } from "../redis-failure.js";

const Texts = z.array(z.string().nullable());

/** What a claim loads, without the claim. */
export function redisInputReader(cell: RedisCell): InputReader {
  return {
    inputs: (id, names) => readInputs(cell, id, names),
    inlinePosition: (id, jobId) =>
      fromRedis(cell.client.hget(cell.keys.run(id).steps, stepsField("inlinePosition", jobId))),
    unsettled: (id) => readUnsettled(cell, id),
  };
}

/** Generations above 0 are rare: a run that has some is read once more, by the right fields. */
async function readInputs(cell: RedisCell, id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]> {
  if (names.length === 0) return [];
  const first = await readFields(
    cell,
    id,
    names.map((name) => ({ name, field: name })),
  );
  if (!first.hasGenerations) return first.inputs;
  const instances = names.filter((name) => !/^[@#_]/.test(name));
  const values = instances.map((name) => stepsField("generation", name));
  const generations = values.length === 0 ? [] : await fromRedis(cell.client.hmget(cell.keys.run(id).steps, ...values));
  const fields = new Map(instances.map((name, index) => [name, instanceField(name, Number(generations[index] ?? 0))]));
  const second = await readFields(
    cell,
    id,
    names.map((name) => ({ name, field: fields.get(name) ?? name })),
  );
  return second.inputs;
}

async function readFields(
  cell: RedisCell,
  id: RunId,
  named: readonly { readonly name: string; readonly field: string }[],
): Promise<{ readonly inputs: readonly LoadedInput[]; readonly hasGenerations: boolean }> {
  const keys = cell.keys.run(id);
  const pipeline = cell.client.pipeline().hget(keys.run, "generations" satisfies RunField);
  for (const { field } of named) askFor(pipeline, keys, field);
  const [generations, ...rest] = await answersOf(pipeline);
  const answers = rest.map((answer) => Texts.parse(answer));
  const inputs = named.map(({ name }, index) =>
    loadedInput(name, answers[index * 2] ?? [], answers[index * 2 + 1] ?? []),
  );
  return { inputs, hasGenerations: generations !== null };
}

/** Two answers for each name: its record, and its value or counts. */
function askFor(pipeline: ChainableCommander, keys: RunKeys, field: string): void {
  const rest = field.slice(1);
  if (field.startsWith("@")) pipeline.hmget(keys.items, rest).hmget(keys.items, rest);
  else if (field.startsWith("#")) {
    const counts = (["total", "failed", "skipped"] as const).map((name) => stepsField(name, rest));
    pipeline.hmget(keys.steps, stepsField("takenCase", rest)).hmget(keys.steps, ...counts);
  } else pipeline.hmget(keys.steps, field).hmget(keys.out, field);
}

function loadedInput(name: string, record: readonly (string | null)[], value: readonly (string | null)[]): LoadedInput {
  if (name.startsWith("#")) {
    return { name, record: record[0] ?? "", value: value.map((count) => count ?? "0").join(" ") };
  }
  return { name, record: name.startsWith("@") ? "" : (record[0] ?? ""), value: value[0] ?? "" };
}

async function readUnsettled(
  { client, keys }: RedisCell,
  id: RunId,
): Promise<readonly { readonly instance: string; readonly generation: number }[]> {
  const found: { instance: string; generation: number }[] = [];
  let cursor = "0";
  do {
    const [next, flat] = await fromRedis(client.hscan(keys.run(id).steps, cursor, "COUNT", limits.fieldsPerScan));
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
