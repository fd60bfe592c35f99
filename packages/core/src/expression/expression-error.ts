/** An expression that cannot be compiled or evaluated. The engine records it as a failed step of type `type`. */
export class ExpressionError extends Error {
  /** The whole text that the expression stands in. */
  readonly source: string;
  /** Where in `source`, counted from 0. */
  readonly offset: number;
  /** `limit` where a limit was passed, else `validation`. Neither is tried again. */
  readonly type: "validation" | "limit";

  constructor(
    message: string,
    location: {
      readonly source: string;
      readonly offset: number;
      readonly type?: "validation" | "limit";
      readonly cause?: unknown;
    },
  ) {
    super(message, location.cause === undefined ? undefined : { cause: location.cause });
    this.name = "ExpressionError";
    this.source = location.source;
    this.offset = location.offset;
    this.type = location.type ?? "validation";
  }
}

/** A limit that was passed where the text is not known; the caller adds it. */
export class LimitPassed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LimitPassed";
  }
}
