import type { WebContext } from "../web-env.ts";

/** A posted form in which a name may stand several times, as checkboxes do. */
export interface PostedLists {
  /** The last of them; empty when it is missing. */
  one(name: string): string;
  all(name: string): readonly string[];
}

export async function readPostedLists(c: WebContext): Promise<PostedLists> {
  const body = await c.req.parseBody({ all: true });
  const all = (name: string) =>
    [body[name] ?? []].flat().filter((value): value is string => typeof value === "string");
  return { all, one: (name) => all(name).at(-1) ?? "" };
}
