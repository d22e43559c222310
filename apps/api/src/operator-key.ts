import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";

/** Lets a request pass that carries the bootstrap operator key as a bearer token; compares in constant time. */
export function requireOperatorKey(operatorKey: string, authorization: string | undefined): void {
  const [scheme, given] = (authorization ?? "").split(" ", 2);
  if (scheme?.toLowerCase() !== "bearer" || !given || !timingSafeEqual(digest(given), digest(operatorKey))) {
    throw new AppError({
      code: "unauthenticated",
      internal: given ? "wrong operator key" : "no operator key",
      public: "Send the operator key as `Authorization: Bearer …`; scripts/up prints it.",
    });
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
