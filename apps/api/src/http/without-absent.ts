/** The same without the keys whose value is undefined: an absent filter is left out, not given as undefined. */
export function withoutAbsent<Given extends object>(given: Given): Present<Given> {
  // Object.fromEntries knows nothing of keys; what was filtered is exactly what Present leaves out.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<Given>;
}

type Present<Given> = {
  [Key in keyof Given as undefined extends Given[Key] ? never : Key]: Given[Key];
} & { [Key in keyof Given as undefined extends Given[Key] ? Key : never]?: Exclude<Given[Key], undefined> };
