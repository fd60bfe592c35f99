import { z } from "zod";

/** One page of a list. It may be short and still have a cursor. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined;
}

export function pageOf<Schema extends z.ZodType>(
  item: Schema,
): z.ZodObject<{ items: z.ZodArray<Schema>; nextCursor: z.ZodOptional<z.ZodString> }> {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

/** Every item of a list, page after page; the next page is asked for when the last one is used up. */
export async function* allItems<Item>(
  readPage: (cursor: string | undefined) => Promise<Page<Item>>,
  cursor?: string,
): AsyncGenerator<Item, void, undefined> {
  let next = cursor;
  do {
    const page = await readPage(next);
    yield* page.items;
    next = page.nextCursor;
  } while (next !== undefined);
}
