import * as z from "zod";

/** Part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. A page can be short, even empty, and still have one. */
  readonly nextCursor?: string | undefined;
}

/** The schema of a page of `item`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().optional().meta({ description: "Pass it as `cursor` to get the next page." }),
  });
}
