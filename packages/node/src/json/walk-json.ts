import { pointerOf } from "./pointer.js";

/** Keys that reach a prototype when objects are merged carelessly. */
export const unsafeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A value inside a document. It links to its parent, so that a pointer is built only where one is needed. */
export interface JsonPlace {
  readonly value: unknown;
  /** 0 at the root, which has neither key nor parent. */
  readonly depth: number;
  readonly key?: string | number;
  readonly parent?: JsonPlace;
}

/** An object or list whose children are being walked. `keys` is null for a list. */
interface Frame {
  readonly place: JsonPlace;
  readonly keys: readonly string[] | null;
  readonly length: number;
  next: number;
}

/**
 * Every value of a document, parents before their children, without recursion: JSON.parse takes 100,000 levels, which
 * overflow the stack of anything recursive. What is inside a value that `mayEnter` refuses is left out.
 * @example walkJson({ a: [1] }) gives the places "", "/a", and "/a/0"
 */
export function* walkJson(root: unknown, mayEnter: (place: JsonPlace) => boolean = () => true): Generator<JsonPlace> {
  const top: JsonPlace = { value: root, depth: 0 };
  yield top;
  const frames = mayEnter(top) ? framesOf(top) : [];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (frame.next === frame.length) {
      frames.pop();
      continue;
    }
    const child = childOf(frame);
    frame.next += 1;
    yield child;
    if (mayEnter(child)) frames.push(...framesOf(child));
  }
}

function framesOf(place: JsonPlace): Frame[] {
  const { value } = place;
  if (Array.isArray(value)) return [{ place, keys: null, length: value.length, next: 0 }];
  if (typeof value !== "object" || value === null) return [];
  const keys = Object.keys(value);
  return [{ place, keys, length: keys.length, next: 0 }];
}

function childOf({ place, keys, next }: Frame): JsonPlace {
  const key = keys === null ? next : (keys[next] ?? "");
  // A frame is made of objects and lists only.
  const value: unknown = Reflect.get(place.value as object, key);
  return { value, depth: place.depth + 1, key, parent: place };
}

/** The JSON Pointer of a place, or of its ancestor at `depth`. */
export function pointerTo(place: JsonPlace, depth = place.depth): string {
  const path: (string | number)[] = [];
  for (let at: JsonPlace | undefined = place; at?.key !== undefined; at = at.parent) path.unshift(at.key);
  return pointerOf(path.slice(0, depth));
}
