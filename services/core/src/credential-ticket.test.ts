import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CredentialTicketClaims,
  readCredentialTicket,
  signCredentialTicket,
  TICKET_LENGTH_MAX,
} from "./credential-ticket.ts";

const KEY = "k".repeat(43);
const OTHER_KEY = "o".repeat(43);
const t0 = Date.UTC(2026, 10, 3, 12);
const claims: CredentialTicketClaims = {
  endpointId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11",
  tenantId: "00000000-0000-4000-8000-000000000002",
  credentialVersion: 3,
  region: "us-east",
  jobId: `5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11-${t0}`,
  expiresAtMs: t0,
};

describe("a credential ticket", () => {
  test("reads as the claims it was signed over, up to the millisecond it expires", () => {
    const ticket = signCredentialTicket(KEY, claims);
    expect(readCredentialTicket([KEY], ticket, t0)).toEqual({ kind: "valid", claims });
    expect(readCredentialTicket([KEY], ticket, t0 + 1)).toEqual({ kind: "invalid", reason: "expired" });
  });

  test("is read with the key before the newest one too, so that a key can be replaced", () => {
    const ticket = signCredentialTicket(KEY, claims);
    expect(readCredentialTicket([OTHER_KEY, KEY], ticket, t0).kind).toBe("valid");
    expect(readCredentialTicket([OTHER_KEY], ticket, t0)).toEqual({
      kind: "invalid",
      reason: "bad_signature",
    });
  });

  test("fits the job's field with the longest ids a job may have", () => {
    const longest = { ...claims, region: "r".repeat(64), jobId: "j".repeat(200) };
    expect(signCredentialTicket(KEY, longest).length).toBeLessThanOrEqual(TICKET_LENGTH_MAX);
  });

  test("with any one character changed is refused", () => {
    const ticket = signCredentialTicket(KEY, claims);
    fc.assert(
      fc.property(
        fc.nat(ticket.length - 1),
        fc.constantFrom(..."ABCDabcd0123456789-_."),
        (index, character) => {
          const changed = ticket.slice(0, index) + character + ticket.slice(index + 1);
          // The last character of a base64url text carries spare bits: two spellings, one value.
          const isSameMac =
            Buffer.from(changed.split(".")[2] ?? "", "base64url").equals(
              Buffer.from(ticket.split(".")[2] ?? "", "base64url"),
            ) && index > ticket.lastIndexOf(".");
          fc.pre(changed !== ticket && !isSameMac);
          expect(readCredentialTicket([KEY], changed, t0).kind).toBe("invalid");
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ["nothing", "", "malformed"],
    ["too few parts", "1.abc", "malformed"],
    ["too many parts", "1.a.b.c", "malformed"],
    ["longer than a job may carry", `1.${"a".repeat(TICKET_LENGTH_MAX)}.b`, "malformed"],
    ["another version", signCredentialTicket(KEY, claims).replace(/^1/, "2"), "unknown_version"],
    ["no signature of ours", "1.e30.AAAA", "bad_signature"],
  ])("that is %s is refused by name", (_name, ticket, reason) => {
    expect(readCredentialTicket([KEY], ticket, t0)).toEqual({ kind: "invalid", reason });
  });
});
