/** What proves that a sink is its tenant's: a code to type back, or a link to follow. Only its hash is kept. */
import { randomBytes, randomInt } from "node:crypto";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { SINK_KIND_FACTS, type SinkKind } from "@alivemcp/core/sink-kind";

export interface NewProof {
  /** What is posted there. */
  readonly code: string;
  /** Of a link: where it leads. */
  readonly url: string | null;
  readonly hash: string;
  readonly expiresAtMs: number;
}

export const PROOF_TRIES_MAX = 5;
const CODE_LIFE_MS = 15 * 60_000;
const LINK_LIFE_MS = 24 * 3_600_000;
/** Without the letters and digits that people mistake for one another. 32 of them, 8 in a code: 40 bits, 5 tries. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_LETTERS = 8;
const TOKEN_BYTES = 32;
const ID_BYTES = 16;

/** A proof of its own for every time one is asked for; `apiUrl` is where its page is. */
export function makeProof(input: {
  readonly sinkId: string;
  readonly kind: SinkKind;
  readonly nowMs: number;
  readonly apiUrl: string;
}): NewProof {
  const { sinkId, kind, nowMs, apiUrl } = input;
  if (SINK_KIND_FACTS[kind].proof === "link") {
    const bytes = Buffer.concat([idBytes(sinkId), randomBytes(TOKEN_BYTES)]);
    const token = bytes.toString("base64url");
    return {
      code: token,
      url: `${apiUrl}/confirm-sink/${token}`,
      hash: sha256Hex(token),
      expiresAtMs: nowMs + LINK_LIFE_MS,
    };
  }
  const letters = Array.from({ length: CODE_LETTERS }, () => LETTERS[randomInt(LETTERS.length)] ?? "A");
  const code = `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
  return { code, url: null, hash: codeHash(sinkId, code), expiresAtMs: nowMs + CODE_LIFE_MS };
}

/** Of a code as somebody typed it: case, blanks and dashes are theirs. Bound to the sink: another's code is a wrong one. */
export const codeHash = (sinkId: string, typed: string): string =>
  sha256Hex(`${sinkId} ${typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, "")}`);

const TOKEN_BYTES_ALL = ID_BYTES + TOKEN_BYTES;
const TOKEN = /^[\w-]{64}$/;

/** The sink that a link's token names and the hash under which it is known; null for what cannot be one. */
export function readToken(token: string): { readonly sinkId: string; readonly hash: string } | null {
  const bytes = Buffer.from(token, "base64url");
  if (!TOKEN.test(token) || bytes.length !== TOKEN_BYTES_ALL) {
    return null;
  }
  const hex = bytes.subarray(0, ID_BYTES).toString("hex");
  const sinkId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { sinkId, hash: sha256Hex(token) };
}

const idBytes = (id: string) => Buffer.from(id.replaceAll("-", ""), "hex");
