import type { z } from "zod";
import type { WebContext } from "../web-env.ts";

/** What is wrong, by field; `form` is about no single field. */
export type FormProblems = Readonly<Partial<Record<string, string>>>;

export type FormReading<Values> =
  | { readonly kind: "ok"; readonly values: Values }
  | { readonly kind: "refused"; readonly problems: FormProblems };

/** The posted form by its schema: what it does not name is dropped; files are not text and fail. */
export async function readForm<Schema extends z.ZodObject>(
  c: WebContext,
  schema: Schema,
): Promise<FormReading<z.infer<Schema>>> {
  const parsed = schema.safeParse(await c.req.parseBody());
  if (parsed.success) {
    return { kind: "ok", values: parsed.data };
  }
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    problems[String(issue.path[0] ?? "form")] ??= issue.message;
  }
  return { kind: "refused", problems };
}

/** A field as it was posted, to show it again; empty when it is missing. */
export async function postedText(c: WebContext, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return typeof value === "string" ? value : "";
}

/** The present password as it was typed again, in the form that its hash is of; empty when it is missing. */
export async function postedPassword(c: WebContext): Promise<string> {
  return (await postedText(c, "password")).normalize("NFKC").slice(0, 1_000);
}
