/** TLS between the connection and the first byte of HTTP. */
import { createSecureContext } from "node:tls";
import { expect } from "vitest";
import { createAuthority, createSelfSigned, type ServerCertificate } from "../certificates.ts";
import { legacyEndpoint } from "../servers/endpoints.ts";
import { openStub } from "../servers/stub.ts";
import type { Fault, FaultyEndpoint } from "./fault.ts";
import { shaking, speakingNoTls } from "./raw-endpoint.ts";

const DAY_MS = 86_400_000;
const names = ["localhost"];
const authority = await createAuthority();
const stranger = await createAuthority();
const trusting = () => ({ secureContext: createSecureContext({ ca: authority.ca }) });

/** A well endpoint that is only let down by its certificate. */
const certifiedBy = (issue: () => Promise<ServerCertificate>) => async (): Promise<FaultyEndpoint> =>
  openStub(legacyEndpoint(), { tls: await issue() });

export const TLS_FAULTS: readonly Fault[] = [
  {
    name: "an expired certificate",
    open: certifiedBy(() => authority.issue({ names, notAfterMs: Date.now() - DAY_MS })),
    deps: trusting,
    judged: "down tls_expired tls tls_cert_has_expired",
    also: ({ tlsExpiresAtMs }) => expect(tlsExpiresAtMs).toBeLessThan(Date.now()),
  },
  {
    name: "a certificate for another host",
    open: certifiedBy(() => authority.issue({ names: ["other.example"] })),
    deps: trusting,
    judged: "down tls_hostname tls tls_cert_altname_invalid",
  },
  {
    name: "a self-signed certificate",
    open: certifiedBy(() => createSelfSigned("localhost")),
    deps: trusting,
    judged: "down tls_untrusted tls tls_depth_zero_self_signed_cert",
  },
  {
    name: "a certificate of an authority nobody trusts",
    open: certifiedBy(() => stranger.issue({ names })),
    judged: "down tls_untrusted tls tls_unable_to_verify_leaf_signature",
  },
  {
    name: "a certificate that is not valid yet",
    open: certifiedBy(() =>
      authority.issue({ names, notBeforeMs: Date.now() + DAY_MS, notAfterMs: Date.now() + 9 * DAY_MS }),
    ),
    deps: trusting,
    judged: "down tls_error tls tls_cert_not_yet_valid",
  },
  {
    name: "only versions of TLS that were retired",
    open: shaking(async () => ({
      ...(await authority.issue({ names })),
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    })),
    deps: trusting,
    judged: "down tls_error tls tls_tlsv1_alert_protocol_version",
  },
  {
    name: "plain HTTP on an https port",
    open: speakingNoTls((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    ),
    judged: "down tls_error tls tls_wrong_version_number",
  },
  {
    name: "a reset in the handshake",
    open: speakingNoTls((socket) => socket.once("data", () => socket.resetAndDestroy())),
    judged: "down tls_error tls tls_econnreset",
  },
  {
    name: "a connection closed in the handshake",
    open: speakingNoTls((socket) => socket.once("data", () => socket.end())),
    judged: "down tls_error tls tls_econnreset",
  },
  {
    name: "silence in the handshake, up to the bound of TLS",
    open: speakingNoTls(() => {}),
    judged: "down tls_error tls tls_timeout",
    also: ({ startedAtMs, observedAtMs }) => expect(observedAtMs - startedAtMs).toBeLessThan(6_500),
  },
  {
    name: "silence in the handshake, when the budget ends first",
    open: speakingNoTls(() => {}),
    request: { budgetMs: 1_000 },
    judged: "down tls_error tls tls_timeout",
  },
  {
    name: "a connection dropped for want of a client certificate",
    open: shaking(async () => ({
      ...(await authority.issue({ names })),
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    })),
    deps: trusting,
    judged: "down http_error http connection_reset",
  },
  {
    name: "a certificate that ends in three days",
    open: certifiedBy(() => authority.issue({ names, notAfterMs: Date.now() + 3 * DAY_MS })),
    deps: trusting,
    judged: "up - - -",
    also: ({ lints }) => expect(lints.join()).toContain("tls_expiring"),
  },
];
