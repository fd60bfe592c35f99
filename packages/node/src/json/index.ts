export { isPlainObject } from "./plain-object.js";
export { type Path, pathOf, pointerOf } from "./pointer.js";
export { tryParseJson } from "./try-parse-json.js";
export { type JsonPlace, pointerTo, unsafeKeys, walkJson } from "./walk-json.js";
