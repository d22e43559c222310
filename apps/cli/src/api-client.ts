import { AppError } from "@alivemcp/core/app-error";

export interface ApiClient {
  /** Calls `/v1…` and gives the parsed body; throws AppError with the API's own sentence when it refuses. */
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
}

const TIMEOUT_MS = 15_000;

/** Talks to the REST API at `apiUrl` with `key`. One attempt, 15 s. */
export function createApiClient(input: {
  apiUrl: string;
  key: string | undefined;
  fetch: typeof fetch;
}): ApiClient {
  return {
    async call(method, path, body) {
      if (!input.key) {
        throw new AppError({
          code: "unauthenticated",
          internal: "no API key",
          public: "no API key: set ALIVEMCP_API_KEY (scripts/up prints one)",
        });
      }
      const response = await input
        .fetch(new URL(path, input.apiUrl), {
          method,
          headers: {
            authorization: `Bearer ${input.key}`,
            accept: "application/json",
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        .catch((cause: unknown) => {
          throw new AppError({
            code: "upstream",
            internal: "api unreachable",
            public: `cannot reach the API at ${input.apiUrl} (set ALIVEMCP_API_URL)`,
            cause,
          });
        });
      const answer: unknown = await response.json().catch(() => null);
      if (!response.ok) {
        throw refusal(response.status, answer);
      }
      return answer;
    },
  };
}

function refusal(status: number, answer: unknown): AppError {
  const problem = (answer ?? {}) as { title?: unknown; detail?: unknown; field?: unknown };
  const sentence = [problem.title, problem.detail].filter((part) => typeof part === "string").join(": ");
  return new AppError({
    code: status < 500 ? "invalid" : "upstream",
    internal: `api answered ${status}`,
    public: sentence || `the API answered ${status}`,
    ...(typeof problem.field === "string" ? { field: problem.field } : {}),
  });
}
