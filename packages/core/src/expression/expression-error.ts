/** An expression that cannot be compiled or evaluated. The engine records it as a step failure of type `type`. */
export class ExpressionError extends Error {
  /** The whole string that contains the expression. */
  readonly source: string;
  /** Zero-based index in `source`. */
  readonly offset: number;
  /** `limit` if the expression exceeded a limit, otherwise `validation`. Neither is retried. */
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

/** A limit exceeded where the source is unknown. The caller turns it into an ExpressionError. */
export class LimitPassed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LimitPassed";
  }
}
