/** Copies an object without the keys whose value is undefined, so that absent filters are omitted. */
export function withoutAbsent<Given extends object>(given: Given): Present<Given> {
  // Object.fromEntries loses the key types; the filter removes exactly the keys that Present removes.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<Given>;
}

type Present<Given> = {
  [Key in keyof Given as undefined extends Given[Key] ? never : Key]: Given[Key];
} & { [Key in keyof Given as undefined extends Given[Key] ? Key : never]?: Exclude<Given[Key], undefined> };
