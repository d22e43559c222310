/**
 * The only way to a URL that a stranger chose. The name is resolved once, every address it has is tested, the tested
 * address is the one connected to, and the socket's own remote address is tested again. Used for the endpoint, each
 * redirect and each URL an endpoint hands over.
 */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import type { DialOutcome } from "@alivemcp/core/probe-outcome";
import type { AddressGuard } from "./address-guard.ts";
import type { Resolution, ResolveHost } from "./resolve-host.ts";

export interface DialDeps {
  readonly clock: { nowMs(): number };
  readonly resolve: ResolveHost;
  readonly guard: AddressGuard;
  /** One for the whole process: building trust anchors per connection costs more than the handshake. */
  readonly secureContext: SecureContext;
  /** Told when bytes of an answer arrive, before anything is done with them. */
  readonly onBytes?: () => void;
}

export interface DialTarget {
  /** As `URL.hostname` gives it; IPv6 literals with or without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Names resolved so far in this piece of work: one look-up per name, however many connections. */
  readonly addressBook: Map<string, Promise<Resolution>>;
  /** Which of several addresses goes first; a second attempt passes 1. */
  readonly addressOffset: number;
  /** Refuse addresses outside the ranges the operator opened: for plain http where https is demanded. */
  readonly isOpenedOnly: boolean;
}

export interface DialTimings {
  readonly dnsMs: number | null;
  readonly tcpMs: number | null;
  readonly tlsMs: number | null;
}

export interface DialResult {
  readonly outcome: { readonly kind: "connected"; readonly socket: Socket } | DialOutcome;
  readonly timings: DialTimings;
  /** End of the leaf certificate's validity, also when it was not accepted. */
  readonly tlsExpiresAtMs: number | null;
}

const CONNECT_DEADLINE_MS = 5_000;
const TLS_DEADLINE_MS = 5_000;
/** Of the addresses of one name, how many are tried within the connect deadline. */
const ADDRESSES_TRIED_MAX = 4;
/** Errors of this machine, not of the endpoint. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EPERM", "EACCES"]);
const UNREACHABLE: ReadonlySet<string> = new Set([
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
  "ENETDOWN",
  "EAFNOSUPPORT",
]);

/** Dials and calls back exactly once, unless cancelled by the returned function first. Never throws. */
export function dial(deps: DialDeps, target: DialTarget, onDone: (result: DialResult) => void): () => void {
  const startedMs = performance.now();
  let isOver = false;
  let live: Socket | null = null;
  let dnsMs: number | null = null;
  let tcpMs: number | null = null;

  const done = (outcome: DialResult["outcome"], tlsMs: number | null, tlsExpiresAtMs: number | null) => {
    if (isOver) {
      return;
    }
    isOver = true;
    if (outcome.kind !== "connected") {
      live?.destroy();
    }
    onDone({ outcome, timings: { dnsMs, tcpMs, tlsMs }, tlsExpiresAtMs });
  };

  const dialAddresses = (addresses: readonly string[]) => {
    const resolvedMs = performance.now();
    dnsMs = isLiteral(target.hostname) ? null : resolvedMs - startedMs;
    const verdict = judgeAddresses(deps.guard, addresses, target.isOpenedOnly);
    if (verdict !== null) {
      done(verdict, null, null);
      return;
    }
    const order = rotate(addresses, target.addressOffset).slice(0, ADDRESSES_TRIED_MAX);
    tryAddresses(order, target.port, {
      isOver: () => isOver,
      onSocket: (socket) => {
        live = socket;
      },
      onFailed: (outcome) => {
        tcpMs = performance.now() - resolvedMs;
        done(outcome, null, null);
      },
      onConnected: (socket) => {
        const connectedMs = performance.now();
        tcpMs = connectedMs - resolvedMs;
        const remote = judgeAddresses(deps.guard, [socket.remoteAddress ?? ""], target.isOpenedOnly);
        if (remote !== null) {
          done(remote, null, null);
        } else if (!target.isTls) {
          done({ kind: "connected", socket }, null, null);
        } else {
          live = secure(deps, target.hostname, socket, (outcome, expiresAtMs) =>
            done(outcome, performance.now() - connectedMs, expiresAtMs),
          );
        }
      },
    });
  };

  resolveOnce(deps, target)
    .then((resolution) => {
      if (isOver) {
        return;
      }
      if (resolution.kind === "failed") {
        dnsMs = performance.now() - startedMs;
        done({ kind: "dns-failed", detail: resolution.detail }, null, null);
      } else {
        dialAddresses(resolution.addresses);
      }
    })
    .catch(() => done({ kind: "probe-broke", detail: "probe_bug" }, null, null));

  return () => {
    isOver = true;
    live?.destroy();
  };
}

function resolveOnce(deps: DialDeps, target: DialTarget): Promise<Resolution> {
  const known = target.addressBook.get(target.hostname);
  if (known !== undefined) {
    return known;
  }
  const asked = deps
    .resolve(target.hostname)
    .catch((): Resolution => ({ kind: "failed", detail: "dns_error" }));
  target.addressBook.set(target.hostname, asked);
  return asked;
}

/** One bad address among several refuses the name: which one is dialled is otherwise the stranger's choice. */
function judgeAddresses(
  guard: AddressGuard,
  addresses: readonly string[],
  isOpenedOnly: boolean,
): DialOutcome | null {
  const isFine = addresses.every((address) => {
    const verdict = guard.classify(address);
    return verdict === "opened" || (verdict === "public" && !isOpenedOnly);
  });
  return isFine && addresses.length > 0 ? null : { kind: "target-forbidden", detail: "target_forbidden" };
}

interface TcpEvents {
  isOver(): boolean;
  onSocket(socket: Socket): void;
  onFailed(outcome: DialOutcome): void;
  onConnected(socket: Socket): void;
}

/** One address after the other, sharing the connect deadline; the first failure is reported when all fail. */
function tryAddresses(addresses: readonly string[], port: number, events: TcpEvents): void {
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  let first: DialOutcome | null = null;
  const attempt = (index: number) => {
    const host = addresses[index] ?? "";
    const left = addresses.length - index;
    const timeoutMs =
      left === 1 && index === 0 ? CONNECT_DEADLINE_MS : (deadlineMs - performance.now()) / left;
    const socket = connectTcp({ host, port, noDelay: true });
    events.onSocket(socket);
    const failed = (outcome: DialOutcome) => {
      clearTimeout(timer);
      socket.removeListener("connect", connected);
      socket.on("error", ignore);
      socket.destroy();
      first ??= outcome;
      if (events.isOver()) {
        return;
      }
      if (index + 1 < addresses.length && performance.now() < deadlineMs) {
        attempt(index + 1);
      } else {
        events.onFailed(first);
      }
    };
    const onError = (error: NodeJS.ErrnoException) => failed(tcpFailure(error.code ?? ""));
    const connected = () => {
      clearTimeout(timer);
      socket.removeListener("error", onError);
      socket.on("error", ignore);
      if (events.isOver()) {
        socket.destroy();
      } else {
        events.onConnected(socket);
      }
    };
    const timer = setTimeout(() => {
      socket.removeListener("error", onError);
      failed({ kind: "connect-timed-out", detail: "tcp_timeout" });
    }, timeoutMs);
    socket.once("connect", connected);
    socket.once("error", onError);
  };
  attempt(0);
}

/** Sockets we are done with still report; nobody else would listen, and an unheard error ends the process. */
function ignore(): void {}

function tcpFailure(code: string): DialOutcome {
  if (code === "ECONNREFUSED") {
    return { kind: "connect-refused", detail: "tcp_refused" };
  }
  if (code === "ETIMEDOUT") {
    return { kind: "connect-timed-out", detail: "tcp_timeout" };
  }
  if (OWN_FAULTS.has(code)) {
    return { kind: "probe-broke", detail: "probe_out_of_resources" };
  }
  if (UNREACHABLE.has(code)) {
    return { kind: "connect-refused", detail: "tcp_unreachable" };
  }
  return { kind: "connect-refused", detail: code === "ECONNRESET" ? "tcp_reset" : "tcp_error" };
}

/**
 * TLS over a connected socket. Verification is ours (`rejectUnauthorized: false`, then `authorized` is demanded before
 * the socket is handed on): Node would destroy the socket before the refused certificate's end date can be read.
 */
function secure(
  deps: DialDeps,
  hostname: string,
  tcp: Socket,
  onDone: (outcome: DialResult["outcome"], expiresAtMs: number | null) => void,
): TLSSocket {
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connectTls({
    socket: tcp,
    host,
    servername: isIP(host) === 0 ? host.replace(/\.$/, "") : "",
    ALPNProtocols: ["http/1.1"],
    secureContext: deps.secureContext,
    rejectUnauthorized: false,
  });
  const settle = (outcome: DialResult["outcome"], expiresAtMs: number | null) => {
    clearTimeout(timer);
    socket.removeListener("error", onError);
    socket.removeListener("close", onClose);
    socket.on("error", ignore);
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

function isLiteral(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}

function rotate(addresses: readonly string[], offset: number): readonly string[] {
  const start = offset % addresses.length;
  return start === 0 ? addresses : [...addresses.slice(start), ...addresses.slice(0, start)];
}
