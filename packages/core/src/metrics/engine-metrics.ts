import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Metrics } from "../ports/metrics.js";
import { type MetricDefinition, metricDefinitions, type RecordedCall, type Sample } from "./definitions.js";

type Call = readonly unknown[];

/**
 * The Metrics port, driven by the table: a call adds the samples of every entry that lists it under `on`. A method of
 * the port that no entry lists does not compile.
 */
export function engineMetrics(
  registry: Registry,
  boundLabels: (labels: Sample["labels"]) => Sample["labels"],
): Metrics {
  const recorders = new Map<string, ((call: Call) => void)[]>();
  for (const [name, definition] of Object.entries<MetricDefinition>(metricDefinitions)) {
    if (definition.on === undefined) continue;
    const add = registerMetric(registry, name, definition);
    for (const [method, sampleOf] of Object.entries(definition.on)) {
      const record = (call: Call) => {
        // The table ties each sampler to its method's parameters. Object.entries loses that relation.
        const sample = (sampleOf as (...call: Call) => Sample | null)(...call);
        if (sample !== null) add(boundLabels(sample.labels), sample.value);
      };
      recorders.set(method, [...(recorders.get(method) ?? []), record]);
    }
  }
  const calls = [...recorders].map(
    ([method, records]) => [method, (...call: Call) => recordAll(records, call)] as const,
  );
  // The map's keys are the `on` keys of the table, which are RecordedCall.
  return Object.fromEntries(calls) as Record<RecordedCall, (...call: Call) => void>;
}

function recordAll(records: readonly ((call: Call) => void)[], call: Call): void {
  for (const record of records) record(call);
}

type AddSample = (labels: Sample["labels"], value?: number) => void;

function registerMetric(registry: Registry, name: string, definition: MetricDefinition): AddSample {
  const { type, help, labels: labelNames, buckets = [] } = definition;
  const settings = { name, help, labelNames: [...labelNames], registers: [registry] };
  switch (type) {
    case "counter": {
      const counter = new Counter(settings);
      return (labels, value = 1) => counter.inc(labels, value);
    }
    case "gauge": {
      const gauge = new Gauge(settings);
      return (labels, value = 1) => gauge.inc(labels, value);
    }
    case "histogram": {
      const histogram = new Histogram({ ...settings, buckets: [...buckets] });
      return (labels, value = 0) => histogram.observe(labels, value);
    }
  }
}
