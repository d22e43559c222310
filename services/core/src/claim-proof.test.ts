import fc from "fast-check";
import { expect, test } from "vitest";
import { claimChallenge, holdsProof, tokenOfProof } from "./claim-proof.ts";

const KEY = "k".repeat(32);
const CLAIM = { tenantId: "t1", endpointId: "e1", url: "https://mcp.example.com:8443/a/mcp?x=1" };

test("says what to put where: beside the host, at its origin, in its own words", () => {
  expect(claimChallenge(KEY, CLAIM)).toEqual({
    proof: expect.stringMatching(/^alivemcp-verify=[0-9a-f]{32}$/),
    dnsName: "_alivemcp.mcp.example.com",
    fileUrl: "https://mcp.example.com:8443/.well-known/alivemcp.txt",
  });
});

test.each([["http://192.0.2.7/mcp"], ["http://[2001:db8::7]:80/mcp"]])(
  "%s has no zone to put a record in",
  (url) => {
    expect(claimChallenge(KEY, { ...CLAIM, url }).dnsName).toBeNull();
  },
);

test("is the same for the same workspace and endpoint, and another for every other, or under another key", () => {
  const { proof } = claimChallenge(KEY, CLAIM);
  expect(claimChallenge(KEY, { ...CLAIM, url: "https://other.example/" }).proof).toBe(proof);
  for (const other of [
    claimChallenge(KEY, { ...CLAIM, tenantId: "t2" }),
    claimChallenge(KEY, { ...CLAIM, endpointId: "e2" }),
    claimChallenge("j".repeat(32), CLAIM),
  ]) {
    expect(other.proof).not.toBe(proof);
  }
});

const { proof } = claimChallenge(KEY, CLAIM);

test.each([
  ["alone", proof, true],
  ["on a line of its own", `# ours\r\n${proof}\r\n`, true],
  ["beside another workspace's", `alivemcp-verify=${"0".repeat(32)} ${proof}`, true],
  ["in the middle of a sentence", `Docs server (${proof}), be kind.`, true],
  ["as the start of a longer token", `${proof}0`, false],
  ["cut short", proof.slice(0, -1), false],
  ["of another workspace", `alivemcp-verify=${"0".repeat(32)}`, false],
  ["without its name", tokenOfProof(proof), false],
  ["nowhere", "", false],
])("the proof %s", (_name, text, isThere) => {
  expect(holdsProof(text, proof)).toBe(isThere);
});

test("no text that lacks the proof holds it", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(holdsProof(text, proof)).toBe(
        text.includes(proof) && !/[0-9a-f]/.test(text.split(proof)[1]?.[0] ?? ""),
      );
    }),
  );
});
