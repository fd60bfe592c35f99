import { z } from "zod";

const MAX_PAGE = 200;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50).meta({ description: "Items per page", example: 50 }),
  cursor: z.string().min(1).max(1_024).optional().meta({ description: "`nextCursor` of the previous page" }),
});
