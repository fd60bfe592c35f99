export { type Repeated, type RepeatOptions, repeat } from "./repeat.js";
export { endsWithin, withinTime } from "./within-time.js";
