import type { RunId } from "@batonrun/contract";
import { z } from "zod";
import { StepRecord } from "../../run/step-record.js";
import type { StoredStep } from "../../run/stored.js";
import { answersOf, type RedisCell } from "../cell.js";
import { instanceField, limits, type RunField, stepsField } from "../layout.js";
import { fromRedis } from "../redis-failure.js";
import { loadResults, type SizedField } from "./stored-results.js";

interface StepsQuery {
  readonly instances: readonly string[];
  readonly maxBytes: number;
}

/** Records of instances with their results, in the order asked for, within the byte budget. */
export async function readSteps(
  cell: RedisCell,
  id: RunId,
  { instances, maxBytes }: StepsQuery,
): Promise<StoredStep[]> {
  const steps: StoredStep[] = [];
  let leftBytes = maxBytes;
  for (let from = 0; from < instances.length; from += limits.instancesPerRead) {
    const chunk = await readChunk(cell, id, {
      instances: instances.slice(from, from + limits.instancesPerRead),
      maxBytes: leftBytes,
    });
    steps.push(...chunk.steps);
    leftBytes = chunk.leftBytes;
  }
  return steps;
}

async function readChunk(cell: RedisCell, id: RunId, { instances, maxBytes }: StepsQuery) {
  const chunk = await readCurrent(cell, id, { instances, maxBytes });
  const sized = chunk.filter((entry): entry is Entry & SizedField => entry.bytes > 0);
  const results = await loadResults(cell, cell.keys.run(id), { fields: sized, maxBytes });
  const steps = chunk.map(
    ({ instance, field, generation, record }): StoredStep => ({
      instance,
      generation,
      record,
      ...resultOf(results.texts.get(field), results.omitted.has(field)),
    }),
  );
  return { steps, leftBytes: results.leftBytes };
}

function resultOf(text: string | undefined, isOmitted: boolean): Pick<StoredStep, "result" | "omitted"> {
  if (text !== undefined) return { result: text };
  return isOmitted ? { omitted: true } : {};
}

interface Entry {
  readonly instance: string;
  readonly field: string;
  readonly generation: number;
  readonly record: StepRecord | null;
  /** 0: no result, or none was asked for. */
  readonly bytes: number;
}

/** Generations are rare: they are looked up only in a run that has some, at two more round trips. */
async function readCurrent(cell: RedisCell, id: RunId, query: StepsQuery): Promise<readonly Entry[]> {
  const first = query.instances.map((instance) => ({ instance, field: instance, generation: 0 }));
  const { entries, hasGenerations } = await readFields(cell, id, { fields: first, withSizes: query.maxBytes > 0 });
  if (!hasGenerations) return entries;
  const names = query.instances.map((instance) => stepsField("generation", instance));
  const generations = await fromRedis(cell.client.hmget(cell.keys.run(id).steps, ...names));
  const current = query.instances.map((instance, index) => currentField(instance, Number(generations[index] ?? 0)));
  return (await readFields(cell, id, { fields: current, withSizes: query.maxBytes > 0 })).entries;
}

type Field = Pick<Entry, "instance" | "field" | "generation">;

function currentField(instance: string, generation: number): Field {
  return { instance, generation, field: instanceField(instance, generation) };
}

const Lengths = z.array(z.number());
const Records = z.array(z.string().nullable());

async function readFields(
  { client, keys }: RedisCell,
  id: RunId,
  { fields, withSizes }: { readonly fields: readonly Field[]; readonly withSizes: boolean },
): Promise<{ readonly entries: readonly Entry[]; readonly hasGenerations: boolean }> {
  const { run, steps, out } = keys.run(id);
  const pipeline = client.pipeline().hget(run, "generations" satisfies RunField);
  pipeline.hmget(steps, ...fields.map(({ field }) => field));
  if (withSizes) for (const { field } of fields) pipeline.hstrlen(out, field);
  const [generations, records, ...lengths] = await answersOf(pipeline);
  const texts = Records.parse(records);
  const bytes = Lengths.parse(lengths);
  const entries = fields.map((field, index) => ({
    ...field,
    record: recordOf(texts[index]),
    bytes: bytes[index] ?? 0,
  }));
  return { entries, hasGenerations: Number(generations ?? 0) > 0 };
}

function recordOf(text: string | null | undefined): StepRecord | null {
  return typeof text === "string" ? StepRecord.parse(JSON.parse(text)) : null;
}
