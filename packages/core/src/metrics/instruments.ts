import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { type MetricDefinitions, type MetricName, metricDefinitions } from "./definitions.js";

type Named<Type extends "counter" | "gauge" | "histogram"> = {
  [Name in MetricName]: MetricDefinitions[Name]["type"] extends Type ? Name : never;
}[MetricName];

type LabelsOf<Name extends MetricName> = MetricDefinitions[Name]["labels"][number];

/** Every metric of the table, registered; the name decides type and labels, so that a wrong label does not compile. */
export interface Instruments {
  counter<Name extends Named<"counter">>(name: Name): Counter<LabelsOf<Name>>;
  gauge<Name extends Named<"gauge">>(name: Name): Gauge<LabelsOf<Name>>;
  histogram<Name extends Named<"histogram">>(name: Name): Histogram<LabelsOf<Name>>;
}

export function registerInstruments(registry: Registry): Instruments {
  return {
    counter: (name) => new Counter({ ...describe(name), registers: [registry] }),
    gauge: (name) => new Gauge({ ...describe(name), registers: [registry] }),
    histogram: (name) =>
      new Histogram({ ...describe(name), buckets: [...metricDefinitions[name].buckets], registers: [registry] }),
  };
}

function describe<Name extends MetricName>(name: Name) {
  const { help, labels } = metricDefinitions[name];
  // A union of readonly tuples loses which name it belongs to; the table above is where both come from.
  return { name, help, labelNames: [...labels] as LabelsOf<Name>[] };
}
