/**
 * What the dashboard asks of the api's internal port: this process has no key of the vault, so it can have a credential
 * stored and can never read one.
 */
import type { ConnectInput, CredentialInput } from "@alivemcp/core/credential-input";
import {
  CONNECT_FINISH_PATH,
  type ConnectFinish,
  type ConnectFinished,
  connectPath,
  credentialPath,
  type InternalCaller,
} from "@alivemcp/core/internal-port";
import { z } from "zod";
import { createInternalAsk, type InternalPort } from "../internal/ask-internal.ts";

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

const storedSchema = z.object({ isProbeRequested: z.boolean() });
const startedSchema = z.object({ authorizationUrl: z.url({ protocol: /^https?$/ }) });
const finishedSchema = z.object({ tenantId: z.uuid(), endpointId: z.uuid(), endpointSlug: z.string() });

export function createVaultClient(config: InternalPort): VaultClient {
  const ask = createInternalAsk(config, {
    what: "vault",
    sentence: "Credentials cannot be changed just now. Nothing was stored; try again in a minute.",
  });
  return {
    store: (caller, endpoint, credential) =>
      ask(storedSchema, { method: "PUT", path: credentialPath(endpoint), body: credential, caller }),
    startConnect: (caller, endpoint, connect) =>
      ask(startedSchema, { method: "POST", path: connectPath(endpoint), body: connect, caller }),
    finishConnect: (finish) =>
      ask(finishedSchema, { method: "POST", path: CONNECT_FINISH_PATH, body: finish }),
  };
}
