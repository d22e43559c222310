import { createHmac, hkdfSync } from "node:crypto";

/** Finds an address or URL again without holding it: HMAC-SHA-256, hex, under a key that no row holds. */
export type TargetHash = (kind: "email" | "webhook", target: string) => string;

/** All processes with the same secret agree. */
export function createTargetHash(secret: string): TargetHash {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "alivemcp subscriber target", 32));
  return (kind, target) => createHmac("sha256", key).update(`${kind}\n${target}`).digest("hex");
}
