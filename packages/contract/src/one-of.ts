/**
 * A union of objects that can be read by every key: a key that one object lacks is `undefined` there. It cannot be written
 * where it does not belong, because `undefined` is all it can be.
 * @example OneOf<{ on: true; watts: number } | { on: false }> // { on: true; watts: number } | { on: false; watts?: undefined }
 */
export type OneOf<Union extends object> = Complete<Union, KeyOf<Union>>;

type KeyOf<Union> = Union extends unknown ? keyof Union : never;

type Complete<Union, Key extends PropertyKey> = Union extends unknown
  ? Union & { [Missing in Exclude<Key, keyof Union>]?: undefined }
  : never;
