import type { Page } from "@batonrun/contract";

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
