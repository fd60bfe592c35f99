import { z } from "zod";

/** A page of a list. `nextCursor` is absent on the last one; a page may be short and still have it. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().optional().meta({ description: "Pass it as `cursor` to get the next page." }),
  });
}

const MAX_PAGE = 200;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50).meta({ description: "Items per page", example: 50 }),
  cursor: z.string().min(1).max(1_024).optional().meta({ description: "`nextCursor` of the previous page" }),
});
