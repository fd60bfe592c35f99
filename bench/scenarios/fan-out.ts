import { fanOut } from "../shape.js";
import { busyScenario } from "./busy.js";

export const fanOutScenario = busyScenario("fan-out", { shape: fanOut(100), runs: { full: 20, quick: 2 } });
