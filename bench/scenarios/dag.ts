import { layeredDag } from "../shape.js";
import { busyScenario } from "./busy.js";

const shape = layeredDag({ layers: 20, width: 30, seed: 20 });

export const dagScenario = busyScenario("dag", { shape, runs: { full: 4, quick: 1 } });
