/** TLS over a socket that is connected to a tested address. */
import { isIP, type Socket } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { DialOutcome } from "@alivemcp/core/probe-outcome";

type SecureOutcome =
  | { readonly kind: "connected"; readonly socket: TLSSocket }
  | Extract<DialOutcome, { kind: "tls-failed" }>;

const TLS_DEADLINE_MS = 5_000;

/**
 * TLS over a connected socket. Verification is ours (`rejectUnauthorized: false`, then `authorized` is demanded before
 * the socket is handed on): Node would destroy the socket before the refused certificate's end date can be read.
 */
export function openSecureSocket(
  deps: { readonly clock: { nowMs(): number }; readonly secureContext: SecureContext },
  hostname: string,
  tcp: Socket,
  onDone: (outcome: SecureOutcome, expiresAtMs: number | null) => void,
): TLSSocket {
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({
    socket: tcp,
    host,
    servername: isIP(host) === 0 ? host.replace(/\.$/, "") : "",
    ALPNProtocols: ["http/1.1"],
    secureContext: deps.secureContext,
    rejectUnauthorized: false,
  });
  const settle = (outcome: SecureOutcome, expiresAtMs: number | null) => {
    clearTimeout(timer);
    socket.removeListener("error", onError);
    socket.removeListener("close", onClose);
    // Nobody else would listen, and an unheard error ends the process.
    socket.on("error", () => {});
    onDone(outcome, expiresAtMs);
  };
  const fail = (detail: string) => settle({ kind: "tls-failed", failure: "error", detail }, null);
  const onError = (error: NodeJS.ErrnoException) => fail(`tls_${codeWord(error.code)}`);
  const onClose = () => fail("tls_closed");
  const timer = setTimeout(() => fail("tls_timeout"), TLS_DEADLINE_MS);
  socket.once("error", onError);
  socket.once("close", onClose);
  socket.once("secureConnect", () => {
    const expiresAtMs = expiryOf(socket);
    if (socket.authorized) {
      settle({ kind: "connected", socket }, expiresAtMs);
    } else {
      const code = String(socket.authorizationError ?? "unverified");
      const isExpired = expiresAtMs !== null && expiresAtMs < deps.clock.nowMs();
      settle(
        { kind: "tls-failed", failure: verifyFailure(code, isExpired), detail: `tls_${codeWord(code)}` },
        expiresAtMs,
      );
    }
  });
  return socket;
}

function expiryOf(socket: TLSSocket): number | null {
  const end = socket.getPeerX509Certificate()?.validToDate.getTime();
  return end === undefined || !Number.isFinite(end) || end < 0 ? null : end;
}

/** An expired certificate is called expired even when it is also self-signed: its end date is what its owner must act on. */
function verifyFailure(code: string, isExpired: boolean): "expired" | "untrusted" | "hostname" | "error" {
  if (isExpired || code === "CERT_HAS_EXPIRED") {
    return "expired";
  }
  if (code.startsWith("ERR_TLS_CERT_ALTNAME")) {
    return "hostname";
  }
  return code === "CERT_NOT_YET_VALID" ? "error" : "untrusted";
}

function codeWord(code: string | undefined): string {
  return (code ?? "error")
    .toLowerCase()
    .replace(/^err_(tls|ssl)_/, "")
    .slice(0, 60);
}
