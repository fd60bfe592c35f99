import { diamond } from "../shape.js";
import { busyScenario } from "./busy.js";

export const diamondScenario = busyScenario("diamond", { shape: diamond(), runs: { full: 200, quick: 10 } });
