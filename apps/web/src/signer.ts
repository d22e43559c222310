import { createHmac, timingSafeEqual } from "node:crypto";

/** Signs what a browser keeps for us and shows us again. A value signed for one purpose is worth nothing for another. */
export interface Signer {
  sign(purpose: string, text: string): string;
  /** Compares in constant time. */
  isSignedBy(purpose: string, text: string, signature: string): boolean;
}

/** HMAC-SHA-256 with a key of its own, derived from `secret`. */
export function createSigner(secret: string): Signer {
  const key = createHmac("sha256", secret).update("alivemcp web signer").digest();
  const digest = (purpose: string, text: string) =>
    createHmac("sha256", key).update(`${purpose}\0${text}`).digest();
  return {
    sign: (purpose, text) => digest(purpose, text).toString("base64url"),
    isSignedBy: (purpose, text, signature) => {
      const given = Buffer.from(signature, "base64url");
      const wanted = digest(purpose, text);
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}
