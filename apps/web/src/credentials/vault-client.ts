/**
 * What the dashboard asks of the api's internal port: this process has no key of the vault, so it can have a credential
 * stored and can never read one.
 */
import { AppError, ERROR_STATUS, type ErrorCode } from "@alivemcp/core/app-error";
import type { ConnectInput, CredentialInput } from "@alivemcp/core/credential-input";
import {
  CALLER_HEADER,
  CONNECT_FINISH_PATH,
  type ConnectFinish,
  type ConnectFinished,
  connectPath,
  credentialPath,
  type InternalCaller,
} from "@alivemcp/core/internal-port";
import { z } from "zod";

export interface VaultClient {
  /** Stores or replaces; throws what the api refuses, with its field and sentence. */
  store(
    caller: InternalCaller,
    endpoint: string,
    credential: CredentialInput,
  ): Promise<{ isProbeRequested: boolean }>;
  /** Begins Connect: where to send the person. */
  startConnect(
    caller: InternalCaller,
    endpoint: string,
    connect: ConnectInput,
  ): Promise<{ authorizationUrl: string }>;
  /** Ends Connect with what the redirect carried. */
  finishConnect(finish: ConnectFinish): Promise<ConnectFinished>;
}

/** Above the time in which the api asks an authorization server. */
const TIMEOUT_MS = 20_000;
const problemSchema = z.object({
  code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().max(2_000),
  field: z.string().max(200).optional(),
});
const storedSchema = z.object({ isProbeRequested: z.boolean() });
const startedSchema = z.object({ authorizationUrl: z.url({ protocol: /^https?$/ }) });
const finishedSchema = z.object({ tenantId: z.uuid(), endpointId: z.uuid(), endpointSlug: z.string() });

export function createVaultClient(config: {
  readonly INTERNAL_URL: string;
  readonly INTERNAL_TOKEN: string;
}): VaultClient {
  const ask = async <T>(
    schema: z.ZodType<T>,
    request: { method: "PUT" | "POST"; path: string; body: unknown; caller?: InternalCaller },
  ): Promise<T> => {
    const { method, path, body, caller } = request;
    const response = await fetch(`${config.INTERNAL_URL}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${config.INTERNAL_TOKEN}`,
        "content-type": "application/json",
        ...(caller && { [CALLER_HEADER]: Buffer.from(JSON.stringify(caller)).toString("base64url") }),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw away("the internal port does not answer", cause);
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      throw refusalIn(answer);
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      throw away("the internal port answered something else");
    }
    return parsed.data;
  };
  return {
    store: (caller, endpoint, credential) =>
      ask(storedSchema, { method: "PUT", path: credentialPath(endpoint), body: credential, caller }),
    startConnect: (caller, endpoint, connect) =>
      ask(startedSchema, { method: "POST", path: connectPath(endpoint), body: connect, caller }),
    finishConnect: (finish) =>
      ask(finishedSchema, { method: "POST", path: CONNECT_FINISH_PATH, body: finish }),
  };
}

/** The api's refusal is the person's, but for a token of ours that it does not take. */
function refusalIn(answer: unknown): AppError {
  const problem = problemSchema.safeParse(answer);
  if (!problem.success || problem.data.code === "unauthenticated" || problem.data.code === "internal") {
    return away("the internal port refuses the dashboard");
  }
  const { code, detail, field } = problem.data;
  return new AppError({
    code,
    internal: `vault: ${code}`,
    public: detail,
    ...(field !== undefined && { field }),
  });
}

const away = (internal: string, cause?: unknown) =>
  new AppError({
    code: "upstream",
    internal,
    public: "Credentials cannot be changed just now. Nothing was stored; try again in a minute.",
    cause,
  });
