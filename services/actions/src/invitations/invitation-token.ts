import { randomBytes } from "node:crypto";
import { sha256Hex } from "@alivemcp/core/canonical-json";

/** 256 bits that only the mail holds, and the hash under which the database knows them. */
export function newInvitationToken(): { readonly token: string; readonly tokenHash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: sha256Hex(token) };
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** The hash of a token from an address; null for what cannot be one. */
export const invitationTokenHash = (text: string): string | null =>
  TOKEN.test(text) ? sha256Hex(text) : null;
