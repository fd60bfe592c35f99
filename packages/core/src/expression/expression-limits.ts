/** Limits of one expression. Evaluation has no clock, so its work is counted instead. */
export const expressionLimits = {
  /** Characters per CEL expression. */
  maxLength: 8_192,
  maxNodes: 2_000,
  maxDepth: 60,
  /** Elements of a list or map literal. */
  maxElements: 500,
  maxCallArguments: 32,
  /** Nesting depth of map, filter, all, exists, exists_one, and cel.bind. */
  maxNestedMacros: 3,
  maxWildcards: 64,
  /** Units of work per evaluation. A million units take less than about one second. */
  maxWork: 1_000_000,
  /** Characters of a string that an operator builds. */
  maxStringLength: 4_194_304,
  /** Values and characters per result. */
  maxResultValues: 1_000_000,
  maxResultCharacters: 16_777_216,
  maxResultDepth: 500,
  maxPatternLength: 1_000,
} as const;
