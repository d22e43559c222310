import { randomUUID } from "node:crypto";
import { AppError, ERROR_STATUS, type ErrorCode } from "@alivemcp/core/app-error";
import { z } from "zod";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface ApiClient {
  readonly apiUrl: string;
  /**
   * Calls `/v1…` and gives the parsed body, null when there is none. Throws AppError with the API's own sentence when
   * it refuses, `upstream` when it cannot be reached.
   */
  call(method: Method, path: string, body?: unknown): Promise<unknown>;
  /** The rows of every page of a list; at most 100 pages. */
  list<Row>(path: string, row: z.ZodType<Row>): Promise<Row[]>;
}

const TIMEOUT_MS = 15_000;
const PAGES_MAX = 100;
const TRIES = 2;

/**
 * Talks to the REST API at `apiUrl` with `key`, 15 s per try. A request that got no answer is sent once more: writes
 * carry an `Idempotency-Key`, so nothing is done twice.
 */
export function createApiClient(input: {
  readonly apiUrl: string;
  readonly key: string | undefined;
  readonly fetch: typeof fetch;
}): ApiClient {
  const call: ApiClient["call"] = async (method, path, body) => {
    if (!input.key) {
      throw new AppError({
        code: "unauthenticated",
        internal: "no API key",
        public: "no API key: run alivemcp login, or set ALIVEMCP_API_KEY (scripts/up prints one)",
      });
    }
    const response = await answered(input, path, {
      method,
      headers: {
        authorization: `Bearer ${input.key}`,
        accept: "application/json",
        ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      throw refusal(response.status, answer);
    }
    return answer;
  };
  return {
    apiUrl: input.apiUrl,
    call,
    async list(path, row) {
      const pageSchema = z.object({ items: z.array(row), next_cursor: z.string().nullable() });
      const rows: z.output<typeof row>[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query: string = cursor === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${cursor}`;
        const answer = pageSchema.parse(await call("GET", path + query));
        rows.push(...answer.items);
        cursor = answer.next_cursor;
        if (cursor === null) {
          break;
        }
      }
      return rows;
    },
  };
}

async function answered(
  input: { readonly apiUrl: string; readonly fetch: typeof fetch },
  path: string,
  request: RequestInit,
): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await followed(input, path, request);
    } catch (cause) {
      if (tries === TRIES) {
        throw new AppError({
          code: "upstream",
          internal: "api unreachable",
          public: `cannot reach the API at ${input.apiUrl} (set ALIVEMCP_API_URL)`,
          cause,
        });
      }
    }
  }
}

/** An old slug leads on to the present one (308), within the same API: a key is never sent anywhere else. */
async function followed(
  { apiUrl, fetch }: { readonly apiUrl: string; readonly fetch: typeof globalThis.fetch },
  path: string,
  request: RequestInit,
): Promise<Response> {
  const url = new URL(path, apiUrl);
  const send = (to: URL) =>
    fetch(to, { ...request, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const response = await send(url);
  const location = response.status === 308 ? response.headers.get("location") : null;
  const next = location === null ? null : new URL(location, url);
  return next !== null && next.origin === url.origin ? send(next) : response;
}

/** What the API calls a refusal stays what it is called, so that exit codes can tell. */
function refusal(status: number, answer: unknown): AppError {
  const problem = (answer ?? {}) as { title?: unknown; detail?: unknown; field?: unknown; code?: unknown };
  const sentence = [problem.title, problem.detail].filter((part) => typeof part === "string").join(": ");
  return new AppError({
    code: isErrorCode(problem.code) ? problem.code : status < 500 ? "invalid" : "upstream",
    internal: `api answered ${status}`,
    public: sentence || `the API answered ${status}`,
    ...(typeof problem.field === "string" ? { field: problem.field } : {}),
  });
}

const isErrorCode = (word: unknown): word is ErrorCode =>
  typeof word === "string" && Object.hasOwn(ERROR_STATUS, word);
