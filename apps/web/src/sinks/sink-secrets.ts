/** What the dashboard asks of the api for sinks: it seals their settings and cannot open them. */
import {
  type InternalCaller,
  type RotatedSecret,
  rotatedSecretSchema,
  sinkSecretPath,
} from "@alivemcp/core/internal-port";
import { createInternalAsk, type InternalPort } from "../internal/ask-internal.ts";

export interface SinkSecrets {
  /** Gives a webhook another secret; throws what the api refuses, with its sentence. */
  rotate(caller: InternalCaller, sinkId: string): Promise<RotatedSecret>;
}

export function createSinkSecrets(config: InternalPort): SinkSecrets {
  const ask = createInternalAsk(config, {
    what: "sinks",
    sentence:
      "The secret cannot be changed just now; try again in a minute. The one that your receiver knows goes on signing.",
  });
  return {
    rotate: (caller, sinkId) =>
      ask(rotatedSecretSchema, { method: "POST", path: sinkSecretPath(sinkId), caller }),
  };
}
