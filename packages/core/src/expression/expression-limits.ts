/** What one expression may be and do. Evaluation has no clock: its work is counted instead. */
export const expressionLimits = {
  /** Characters of one CEL expression. */
  maxLength: 8_192,
  maxNodes: 2_000,
  maxDepth: 60,
  /** Elements of a list or map that is written out. */
  maxElements: 500,
  maxCallArguments: 32,
  /** map, filter, all, exists, exists_one and cel.bind inside one another. */
  maxNestedMacros: 3,
  maxWildcards: 64,
  /** Units of work of one evaluation; a million take less than about a second. */
  maxWork: 1_000_000,
  /** Characters of a string that an operator makes. */
  maxStringLength: 4_194_304,
  /** Values and characters of one result. */
  maxResultValues: 1_000_000,
  maxResultCharacters: 16_777_216,
  maxResultDepth: 500,
  maxPatternLength: 1_000,
} as const;
