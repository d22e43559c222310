/** Rows of endpoints that are probed with a credential, each with the proof that it was not repeated or given away. */
import { expect } from "vitest";
import type { ProbeRequest } from "../../src/probe-deps.ts";
import type { Answer, Asked } from "../servers/stub.ts";
import type { Aftermath, Fault, Judged } from "./fault.ts";
import { type Guard, guarded } from "./guarded-endpoint.ts";

export const REJECTED: Judged = "auth_walled credential_rejected auth credential_rejected";
export const TOKEN = "s3cret+token/of-a=customer";
const bearer = { credential: { bearer: TOKEN } } as const;
export const BASIC = `Basic ${Buffer.from("probe:pass w0rd!").toString("base64")}`;

export const refusal =
  (status: number, challenge: string | null, text = ""): Answer =>
  (_asked, response) =>
    void response.writeHead(status, challenge === null ? {} : { "www-authenticate": challenge }).end(text);
/** Each step as `ok` or `failed`, with its detail. */
export const steps = (finding: Parameters<Aftermath>[0]) =>
  Object.fromEntries(
    finding.steps.map(({ step, ok, detail }) => [step, `${ok ? "ok" : "failed"} ${detail}`]),
  );

/** Neither in what the probe says, nor sent to a document of the wall. */
const keepsSecret: Aftermath = (finding, { asked }, toolList) => {
  const said = JSON.stringify([finding, toolList]);
  for (const secret of [
    TOKEN,
    encodeURIComponent(TOKEN),
    Buffer.from(TOKEN).toString("base64url"),
    "pass w0rd!",
  ]) {
    expect(said).not.toContain(secret);
  }
  const carries = ({ headers }: Asked) =>
    headers.authorization !== undefined || headers["x-api-key"] !== undefined;
  expect(asked.filter((each) => each.path.startsWith("/.well-known/") && carries(each))).toEqual([]);
};
/** An endpoint probed with `TOKEN`, which must not be heard of again. */
export const row = (
  name: string,
  guard: Guard,
  judged: Judged,
  rest: { request?: Partial<ProbeRequest>; also?: Aftermath; deps?: Fault["deps"] } = {},
): Fault => ({
  name,
  open: guarded(guard),
  request: { ...bearer, ...rest.request },
  judged,
  ...(rest.deps === undefined ? {} : { deps: rest.deps }),
  also: (finding, endpoint, toolList) => {
    keepsSecret(finding, endpoint, toolList);
    rest.also?.(finding, endpoint, toolList);
  },
});
