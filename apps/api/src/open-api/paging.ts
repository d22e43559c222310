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

/** One page of `rows`, of which one more than `limit` was read to know whether there is another. */
export function toPage<Row, Json>(
  rows: readonly Row[],
  limit: number,
  toJson: (row: Row) => Json,
  cursorAfter: (last: Row) => string,
): { items: Json[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toJson),
    next_cursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null,
  };
}
