import { Optional } from "@marcbachmann/cel-js";
import { LimitPassed } from "./expression-error.js";
import { expressionLimits } from "./expression-limits.js";

/** Converts a CEL value to plain JSON: integers become numbers, timestamps and durations strings, bytes base64. */
export function plainValue(value: unknown): unknown {
  return new Flattening().visit(value, 0);
}

/** Counts values on the way: a small expression can build lists that share their parts, which JSON has to repeat. */
class Flattening {
  #values = 0;
  #characters = 0;

  visit(value: unknown, depth: number): unknown {
    this.#count(value, depth);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return finite(value);
      case "bigint":
        return safeInteger(value);
      case "undefined":
        return null;
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        throw new Error(`the result contains a ${typeof value}, which JSON cannot represent`);
    }
  }

  #count(value: unknown, depth: number): void {
    this.#values += 1;
    if (typeof value === "string") this.#characters += value.length;
    if (this.#values > expressionLimits.maxResultValues || this.#characters > expressionLimits.maxResultCharacters)
      throw new LimitPassed("the result is too large");
    if (depth > expressionLimits.maxResultDepth) throw new LimitPassed("the result is nested too deeply");
  }

  #object(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof Map) return this.#entries([...value], depth);
    if (value instanceof Set) return this.#list([...value], depth);
    if (value instanceof Optional) return value.hasValue() ? this.visit(value.value(), depth) : null;
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    return isPlain(value) ? this.#plain(value, depth) : fromClass(value);
  }

  /** Returns a plain list without a copy: results can be large, and most expressions only select from them. */
  #list(list: readonly unknown[], depth: number): unknown {
    const visited = list.map((item) => this.visit(item, depth + 1));
    return visited.every((item, index) => Object.is(item, list[index])) ? list : visited;
  }

  #plain(object: object, depth: number): unknown {
    const entries = Object.entries(object);
    let changed = false;
    for (const entry of entries) {
      const visited = this.visit(entry[1], depth + 1);
      if (Object.is(visited, entry[1])) continue;
      entry[1] = visited;
      changed = true;
    }
    return changed ? Object.fromEntries(entries) : object;
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], depth: number): unknown {
    return Object.fromEntries(entries.map(([key, held]) => [String(key), this.visit(held, depth + 1)]));
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new Error(`the result contains ${value}, which JSON cannot represent (possibly a division by 0)`);
}

function safeInteger(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(
    `the result contains the integer ${value}, which is beyond 2^53 and cannot be represented exactly in JSON`,
  );
}

export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** cel-js does not export its classes for `uint` and durations, so they are recognized by their `valueOf`. */
function fromClass(value: object): unknown {
  const primitive: unknown = value.valueOf();
  if (typeof primitive === "bigint") return safeInteger(primitive);
  if (typeof primitive === "number") return String(value);
  throw new Error("the result contains a type or a namespace, which JSON cannot represent");
}
