import { Counter, Gauge, type Registry } from "prom-client";
import { type MetricDefinitions, type MetricName, metricDefinitions } from "./definitions.js";

type Named<Type extends "counter" | "gauge"> = {
  [Name in MetricName]: MetricDefinitions[Name]["type"] extends Type ? Name : never;
}[MetricName];

type LabelsOf<Name extends MetricName> = MetricDefinitions[Name]["labels"][number];

/** Registers a metric of the table by name. The name determines type and labels: a wrong label does not compile. */
export interface Instruments {
  counter<Name extends Named<"counter">>(name: Name): Counter<LabelsOf<Name>>;
  gauge<Name extends Named<"gauge">>(name: Name): Gauge<LabelsOf<Name>>;
}

export function registerInstruments(registry: Registry): Instruments {
  return {
    counter: (name) => new Counter({ ...describe(name), registers: [registry] }),
    gauge: (name) => new Gauge({ ...describe(name), registers: [registry] }),
  };
}

function describe<Name extends MetricName>(name: Name) {
  const { help, labels } = metricDefinitions[name];
  // A union of readonly tuples loses its name. Both come from the same entry of the table above.
  return { name, help, labelNames: [...labels] as LabelsOf<Name>[] };
}
