import { ERROR_STATUS, type ErrorCode } from "@alivemcp/core/app-error";
import { type Action, scopeNeeded } from "@alivemcp/core/permissions";
import { z } from "@hono/zod-openapi";

/** Every refusal (RFC 9457). Beside these members there may be others that a program can go on with. */
const problemSchema = z
  .looseObject({
    type: z.url().describe("Address of this kind of problem in the documentation."),
    title: z.string().describe("The kind of problem, the same every time."),
    status: z.int().describe("The HTTP status."),
    detail: z.string().describe("What is wrong with this request, in a sentence for people."),
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
    field: z.string().optional().describe("The part of the request that is refused, such as `cadence_s`."),
    request_id: z.string().optional().describe("Name it when you write to us."),
  })
  .openapi("Problem");

/** What each refusal means, for every route. */
export const DESCRIPTIONS: Readonly<Record<ErrorCode, string>> = {
  invalid: "The request is not valid; `field` names the part.",
  unauthenticated: "No key, or one that opens nothing (any more).",
  limit_reached: "A limit of the plan is reached; the sentence says which, and who can lift it.",
  forbidden: "The key lacks the scope, or the workspace is suspended.",
  not_found: "There is no such thing in this workspace.",
  conflict: "It does not fit what is there now, or the Idempotency-Key is in use.",
  rate_limited: "Too many requests; `Retry-After` says when to come back.",
  internal: "Something went wrong on our side; asking again may help.",
  upstream: "A service we depend on is not available; asking again may help.",
};

const text = (description: string) => ({ description, schema: { type: "string" as const } });
const LIMIT_HEADERS = {
  RateLimit: text('Where you stand: `"per-tenant";r=<requests left>;t=<seconds until they are back>`.'),
  "RateLimit-Policy": text('The limit: `"per-tenant";q=<requests>;w=<seconds>`.'),
};
const RETRY_HEADER = { "Retry-After": text("Seconds to wait.") };

interface Answer<Schema> {
  readonly description: string;
  readonly headers: Readonly<Record<string, ReturnType<typeof text>>>;
  readonly content: { readonly "application/json": { readonly schema: Schema } };
}

/** A good answer with a JSON body. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema): Answer<Schema> {
  return { description, headers: LIMIT_HEADERS, content: { "application/json": { schema } } };
}

/** A good answer without a body. */
export const empty = (description: string) => ({ description, headers: LIMIT_HEADERS });

interface ProblemAnswer {
  readonly description: string;
  readonly headers: Readonly<Record<string, ReturnType<typeof text>>>;
  readonly content: { readonly "application/problem+json": { readonly schema: typeof problemSchema } };
}
type Problems<Code extends ErrorCode> = { readonly [C in Code as (typeof ERROR_STATUS)[C]]: ProblemAnswer };

/** The refusals of a route, one per status. */
export function problems<Code extends ErrorCode>(...codes: Code[]): Problems<Code> {
  return Object.fromEntries(
    codes.map((code) => [
      ERROR_STATUS[code],
      {
        description: DESCRIPTIONS[code],
        headers: code === "rate_limited" ? { ...LIMIT_HEADERS, ...RETRY_HEADER } : {},
        content: { "application/problem+json": { schema: problemSchema } },
      },
    ]),
  ) as Problems<Code>;
}

/** What every route behind a key may answer. */
const ALWAYS = ["unauthenticated", "rate_limited", "internal", "upstream"] as const;
export const keyProblems = () => problems(...ALWAYS);

/** The refusals of a route that needs a scope: those of every route, the missing scope, and its own. */
export const scopeProblems = <Code extends ErrorCode = never>(...codes: Code[]) =>
  problems<Code | "forbidden" | (typeof ALWAYS)[number]>(...ALWAYS, "forbidden", ...codes);

/** Requirements of a route that does `action`: a key, with the scope that the permission table names. */
export function needs(action: Action) {
  const scope = scopeNeeded(action);
  return { security: [{ apiKey: scope === null ? [] : [scope] }] };
}

/** For routes that any valid key may use. */
export const NEEDS_KEY = { security: [{ apiKey: [] as string[] }] };

/** Header of every write. */
export const writeHeaders = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .describe(
      "Makes a repeat within a day harmless: it gets the answer of the first. 1–255 visible characters.",
    ),
});

/** A JSON body that has to be there. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
});
