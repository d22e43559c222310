/** Requests to the api's internal port, for what this process has no key for; the contract is internal-port.ts of core. */
import { AppError, ERROR_STATUS, type ErrorCode } from "@alivemcp/core/app-error";
import { CALLER_HEADER, type InternalCaller } from "@alivemcp/core/internal-port";
import { z } from "zod";

export interface InternalPort {
  readonly INTERNAL_URL: string;
  readonly INTERNAL_TOKEN: string;
}

export type InternalAsk = <T>(
  schema: z.ZodType<T>,
  request: {
    readonly method: "PUT" | "POST";
    readonly path: string;
    readonly body?: unknown;
    readonly caller?: InternalCaller;
  },
) => Promise<T>;

/** Above the time in which the api asks an authorization server. */
const TIMEOUT_MS = 20_000;
const problemSchema = z.object({
  code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().max(2_000),
  field: z.string().max(200).optional(),
});

/**
 * The asking throws what the api refuses, with its field and sentence; `upstream` with `away.sentence` when the port does
 * not answer, answers something else, or does not take our token.
 */
export function createInternalAsk(
  config: InternalPort,
  away: { readonly what: string; readonly sentence: string },
): InternalAsk {
  const gone = (internal: string, cause?: unknown) =>
    new AppError({ code: "upstream", internal: `${away.what}: ${internal}`, public: away.sentence, cause });
  return async (schema, { method, path, body, caller }) => {
    const response = await fetch(`${config.INTERNAL_URL}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${config.INTERNAL_TOKEN}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(caller && { [CALLER_HEADER]: Buffer.from(JSON.stringify(caller)).toString("base64url") }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw gone("the internal port does not answer", cause);
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      throw refusalIn(answer, away.what) ?? gone("the internal port refuses the dashboard");
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      throw gone("the internal port answered something else");
    }
    return parsed.data;
  };
}

/** The api's refusal is the person's; null for a token of ours that it does not take, or a fault of its own. */
function refusalIn(answer: unknown, what: string): AppError | null {
  const problem = problemSchema.safeParse(answer);
  if (!problem.success || problem.data.code === "unauthenticated" || problem.data.code === "internal") {
    return null;
  }
  const { code, detail, field } = problem.data;
  return new AppError({
    code,
    internal: `${what}: ${code}`,
    public: detail,
    ...(field !== undefined && { field }),
  });
}
