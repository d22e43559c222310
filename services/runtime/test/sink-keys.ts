import { makeBoxKeys } from "../src/sealed-box.ts";
import { type SinkKey, sinkPublicKeyText } from "../src/sink-keys.ts";

/** A key pair as a process holds it, and the texts it is configured with. */
export function makeTestSinkKey(id = "test"): {
  readonly key: SinkKey;
  /** For `SINK_PUBLIC_KEY`. */
  readonly publicText: string;
  /** For `SINK_KEY`. */
  readonly text: string;
} {
  const key: SinkKey = { id, ...makeBoxKeys() };
  const { d } = key.privateKey.export({ format: "jwk" });
  return {
    key,
    publicText: sinkPublicKeyText(key),
    text: JSON.stringify([{ id, publicKey: key.publicKey, privateKey: d }]),
  };
}
