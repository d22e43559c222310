/**
 * The only way to a URL that a stranger chose. The name is resolved once, every address it has is tested, the tested
 * address is the one connected to, and the socket's own remote address is tested again. Used for the endpoint, each
 * redirect and each URL an endpoint hands over.
 */
import { isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { DialOutcome } from "@alivemcp/core/probe-outcome";
import type { AddressGuard } from "./address-guard.ts";
import type { Resolution, ResolveHost } from "./resolve-host.ts";
import { openSecureSocket } from "./secure-socket.ts";
import { tryAddresses } from "./try-addresses.ts";

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

export interface Dialling {
  /** Ends it without a word. */
  cancel(): void;
  /** Ends it as what it was waiting for: its caller's time is up. */
  giveUp(): void;
}

/** Dials and calls back exactly once, unless cancelled first. Never throws. */
export function dial(deps: DialDeps, target: DialTarget, onDone: (result: DialResult) => void): Dialling {
  const startedMs = performance.now();
  let isOver = false;
  let live: Socket | null = null;
  let dnsMs: number | null = null;
  let tcpMs: number | null = null;
  let awaited: DialOutcome = { kind: "dns-failed", detail: "dns_timeout" };

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
    awaited = { kind: "connect-timed-out", detail: "tcp_timeout" };
    tryAddresses(addresses, target, {
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
          awaited = { kind: "tls-failed", failure: "error", detail: "tls_timeout" };
          live = openSecureSocket(deps, target.hostname, socket, (outcome, expiresAtMs) =>
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

  return {
    cancel: () => {
      isOver = true;
      live?.destroy();
    },
    giveUp: () => done(awaited, null, null),
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

function isLiteral(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}
