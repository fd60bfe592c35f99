export { type Path, pathOf, pointerOf } from "./json/pointer.js";
