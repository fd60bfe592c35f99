import type { Scenario } from "../scenario.js";
import { chainScenario, readingChainScenario } from "./chain.js";
import { dagScenario } from "./dag.js";
import { diamondScenario } from "./diamond.js";
import { fanOutScenario } from "./fan-out.js";
import { idleChainScenario, idleDiamondScenario, idleReadingChainScenario } from "./idle.js";
import { startChainScenario, startSingleScenario } from "./start-rate.js";

export const scenarios: readonly Scenario[] = [
  chainScenario,
  readingChainScenario,
  fanOutScenario,
  diamondScenario,
  dagScenario,
  idleChainScenario,
  idleReadingChainScenario,
  idleDiamondScenario,
  startChainScenario,
  startSingleScenario,
];
