/** Readability's time grows with the cube of the depth: half a second at 500, half a minute at 2,000. */
const maxDepth = 250;
/** And faster than the number of elements: two seconds at 40,000, which hold up every other step of the worker. */
const maxElements = 30_000;

/**
 * What is too much about a page, if anything. Tags are counted in the text, since it is the parsed page that takes long;
 * those that may stay open count as elements, not as depth.
 */
export function htmlExcess(html: string): string | undefined {
  let depth = 0;
  let elements = 0;
  for (const [, closing, name, selfClosing] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)(?![a-z0-9-])[^<>]*?(\/?)>/gi)) {
    if (closing === "") elements += 1;
    if (elements > maxElements) return `has more than ${maxElements} elements`;
    if (selfClosing === "/" || openTags.has((name ?? "").toLowerCase())) continue;
    depth = Math.max(0, depth + (closing === "/" ? -1 : 1));
    if (depth > maxDepth) return `nests elements deeper than ${maxDepth}`;
  }
  return undefined;
}

const openTags: ReadonlySet<string> = new Set(
  `area base br col colgroup dd dt embed hr img input li link meta option optgroup p param rp rt source tbody td tfoot th thead
  tr track wbr`.split(/\s+/),
);
