/** Credentials that end, are renewed, or were refused before anybody could send them. */
import { expect } from "vitest";
import type { CredentialRenewal } from "../../src/probe-deps.ts";
import { INITIALIZED, legacyEndpoint, TOOLS } from "../servers/endpoints.ts";
import { type Answer, type Asked, sendError, sendResult } from "../servers/stub.ts";
import { REJECTED, refusal, row, steps, TOKEN } from "./credentialed.ts";
import type { Fault, Judged } from "./fault.ts";

const renewing = (renewal: CredentialRenewal): Fault["deps"] => {
  return () => ({ renewCredential: () => Promise.resolve(renewal) });
};
const NEWER = "a-newer-token";
const renewed = renewing({ kind: "renewed", credential: { bearer: NEWER } });
const isNewer = ({ headers }: Asked) => headers.authorization === `Bearer ${NEWER}`;
const newerOnly: Answer = (asked, response) =>
  isNewer(asked)
    ? legacyEndpoint()(asked, response)
    : refusal(401, 'Bearer error="invalid_token"')(asked, response);
/** Repeats the older token to who comes with the newer one. */
const remembersOlder: Answer = (asked, response) =>
  isNewer(asked)
    ? legacyEndpoint({
        "tools/list": (_asked, answer) => sendError(answer, asked, 200, -32603, `not as good as ${TOKEN}`),
        initialize: (_asked, answer) =>
          sendResult(answer, asked, { ...INITIALIZED, serverInfo: { name: TOKEN, version: "1" } }),
      })(asked, response)
    : newerOnly(asked, response);
/** Good for the handshake, and over when the list is asked for. */
const endsAtList: Answer = (asked, response) =>
  isNewer(asked) || asked.rpc !== "tools/list"
    ? legacyEndpoint()(asked, response)
    : refusal(401, "Bearer")(asked, response);

export const RENEWAL_FAULTS: readonly Fault[] = [
  row(
    "one that had ended, and is repeated afterwards",
    { behind: remembersOlder },
    "down tools_list_failed tools_list tools_list_error -32603",
    { deps: renewed, also: (finding) => expect(finding.server?.name).toBe("[redacted]") },
  ),
  row("one that had ended before the probe", { behind: newerOnly }, "up - - -", { deps: renewed }),
  row("one that ends in the middle of the probe", { behind: endsAtList }, "up - - -", {
    deps: renewed,
    also: (finding, { asked }) => {
      expect(finding.toolsCount).toBe(TOOLS.length);
      expect(finding.steps.filter(({ step }) => step === "tools_list")).toHaveLength(1);
      expect(JSON.stringify(finding)).not.toContain(NEWER);
      expect(asked.at(-1)).toMatchObject({ method: "DELETE", headers: { authorization: `Bearer ${NEWER}` } });
    },
  }),
  row("one whose newer one is refused too, asked for once", { behind: refusal(401, "Bearer") }, REJECTED, {
    deps: () => {
      let asked = 0;
      return {
        renewCredential: async () => {
          asked += 1;
          expect(asked).toBe(1);
          return { kind: "renewed", credential: { bearer: NEWER } };
        },
      };
    },
  }),
  row("one that nothing newer exists of", { behind: refusal(401, "Bearer") }, REJECTED, {
    deps: renewing({ kind: "renewed", credential: { bearer: TOKEN } }),
    also: (_finding, { asked }) => expect(asked.filter(({ path }) => path === "/mcp")).toHaveLength(2),
  }),
  row(
    "one whose grant was revoked",
    { behind: refusal(401, "Bearer") },
    "auth_walled credential_rejected auth invalid_grant: revoked",
    {
      deps: renewing({ kind: "refused", detail: "invalid_grant: revoked" }),
    },
  ),
  row(
    "one that nobody can renew now",
    { behind: refusal(401, "Bearer") },
    "unknown probe_error probe credential_not_renewed",
    {
      deps: renewing({ kind: "failed" }),
    },
  ),
  row(
    "one that lacks a scope, which no renewal adds",
    { behind: refusal(403, 'Bearer error="insufficient_scope"') },
    "auth_walled credential_rejected auth credential_insufficient_scope",
    {
      deps: () => ({ renewCredential: () => Promise.reject(new Error("not to be asked for")) }),
    },
  ),
];

const refused = { credential: null, credentialRefusal: "invalid_client: no such client" };
const REFUSED: Judged = "auth_walled credential_rejected auth invalid_client: no such client";
export const REFUSAL_FAULTS: readonly Fault[] = [
  row("a sound wall", {}, REFUSED, {
    request: refused,
    also: (finding, { asked }) => {
      expect(steps(finding)).toMatchObject({
        unauthenticated: "ok 401 bearer",
        auth_metadata: "ok auth_discoverable",
      });
      expect(asked.filter(({ path }) => path === "/mcp")).toHaveLength(1);
    },
  }),
  row("a wall that says 404", { wall: refusal(404, null) }, REFUSED, { request: refused }),
  row("an endpoint that is ill", { wall: refusal(502, null) }, "down http_error http http_502", {
    request: refused,
  }),
  row(
    "an endpoint that resets",
    { wall: (_asked, response) => void response.socket?.resetAndDestroy() },
    "down http_error http connection_reset",
    { request: refused },
  ),
  row(
    "an endpoint that has had enough of us",
    { wall: refusal(429, null) },
    "degraded rate_limited http http_429",
    { request: refused },
  ),
];
