/**
 * Contract of the api's internal port for the dashboard (the workers' part is credential-handover.ts). Every request
 * carries the dashboard's token as `Authorization: Bearer` and, but for the end of Connect, who asks as base64url of
 * JSON in `CALLER_HEADER`. Refusals are problem+json.
 *
 * `GET …/credential` describes (`{ credential: CredentialDescription | null }`) · `PUT …/credential` stores or replaces
 * (body: credential-input.ts) · `DELETE …/credential` deletes · `POST …/connect` begins Connect (body: `ConnectInput`;
 * answer: `{ authorizationUrl }`) · `POST /internal/connect/finish` ends it · `POST /internal/sinks/<id>/secret` gives a
 * webhook another secret (no body; answer: `RotatedSecret`).
 */
import { z } from "zod";

export const CALLER_HEADER = "x-alivemcp-caller";

const requestId = z.string().max(300).nullable();
const address = z.string().max(100).nullable();
/** Names the session without being able to stand in for it, such as its row id or a hash of its token. */
const sessionId = z.string().min(8).max(200);

export const internalCallerSchema = z.strictObject({
  tenantId: z.uuid(),
  userId: z.uuid(),
  sessionId,
  requestId,
  address,
});
export type InternalCaller = z.infer<typeof internalCallerSchema>;

/** By slug or id. */
export const credentialPath = (endpoint: string) =>
  `/internal/endpoints/${encodeURIComponent(endpoint)}/credential`;
export const connectPath = (endpoint: string) =>
  `/internal/endpoints/${encodeURIComponent(endpoint)}/connect`;
export const CONNECT_FINISH_PATH = "/internal/connect/finish";

export const sinkSecretPath = (sink: string) => `/internal/sinks/${encodeURIComponent(sink)}/secret`;
/** Answered this once, to be shown this once. */
export const rotatedSecretSchema = z.object({ secret: z.string().startsWith("whsec_").max(200) });
export type RotatedSecret = z.infer<typeof rotatedSecretSchema>;

/** The dashboard's callback knows the person and the redirect's query; the workspace is the attempt's. */
export const connectFinishSchema = z.strictObject({
  userId: z.uuid(),
  sessionId,
  requestId,
  address,
  /** `code`, `state`, `iss` or `error`, as the redirect carried them. */
  parameters: z.record(z.string().max(100), z.string().max(4_000)),
});
export type ConnectFinish = z.infer<typeof connectFinishSchema>;
/** Answer to `ConnectFinish`. */
export interface ConnectFinished {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly endpointSlug: string;
}
