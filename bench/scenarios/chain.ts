import { chain, readingChain } from "../shape.js";
import { busyScenario } from "./busy.js";

const runs = { full: 200, quick: 10 };

export const chainScenario = busyScenario("chain", { shape: chain(10), runs });
/** Each step reads its predecessor's result; in raw flows with `job.getChildrenValues()`. */
export const readingChainScenario = busyScenario("chain-reading", { shape: readingChain(10), runs });
