import { z } from "@hono/zod-openapi";

const LIMIT_MAX = 100;

/** Query of every list. */
export const pageQuery = {
  limit: z.coerce
    .number("Give a number of rows from 1 to 100.")
    .int("Give a number of rows from 1 to 100.")
    .min(1, "Give a number of rows from 1 to 100.")
    .max(LIMIT_MAX, "Give a number of rows from 1 to 100.")
    .default(50)
    .openapi({ description: "Rows per page.", example: 50 }),
  cursor: z
    .string()
    .max(500)
    .optional()
    .openapi({ description: "`next_cursor` of the page before. Opaque, and of this list only." }),
};

/** A page of a list: `next_cursor` is null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });

/** Cuts the one row too many that was read to know whether there is more. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
): { page: readonly Row[]; last: Row | null } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}
