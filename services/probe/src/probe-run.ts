/** The state of one probe while it runs: its scope, what it learned, its waterfall. One object, written by every step. */
import { type Expectations, NO_EXPECTATIONS, type ProbeStep } from "@alivemcp/core/pipeline";
import type { Era } from "@alivemcp/core/states";
import type { Exchange, ExchangeResult } from "./exchange.ts";
import { type ExchangeScope, openScope, type ReplyHead } from "./exchange-scope.ts";
import type { DialResult } from "./guarded-dial.ts";
import type { ProbeDeps, ProbeRequest } from "./probe-deps.ts";
import { followRedirects } from "./redirects.ts";
import { readRetryAfter } from "./retry-after.ts";
import { blankSecrets, type SecretForms } from "./secret-forms.ts";
import type { SseEvent } from "./sse-parser.ts";

export type StepName = ProbeStep["step"];

/** How the endpoint is spoken to once it answered a handshake. */
export interface Wire {
  readonly era: Era;
  readonly transport: "http" | "sse";
  readonly protocolVersion: string;
  readonly sessionId: string | null;
}

/** The open stream of the old HTTP+SSE transport, and where to POST. */
export interface SsePair {
  postUrl: URL | null;
  head: ReplyHead | null;
  /** Events that nobody read yet. */
  readonly events: SseEvent[];
  isOversized: boolean;
  /** How the stream ended; null while it is open. */
  end: ExchangeResult | null;
  wake: (() => void) | null;
}

export interface ProbeRun {
  readonly deps: ProbeDeps;
  readonly request: ProbeRequest;
  readonly expectations: Expectations;
  readonly startedMs: number;
  readonly deadlineMs: number;
  readonly scope: ExchangeScope;
  /** Where requests go: the configured URL, or where a followed redirect led. */
  url: URL;
  /** Session id → where it was handed out; every one is ended when the probe is. */
  readonly sessions: Map<string, URL>;
  readonly lints: Set<string>;
  /** What must never be repeated: the forms of every credential this probe has sent. */
  readonly secrets: SecretForms;
  steps: ProbeStep[];
  /** Greetings that were refused before one fitted, for the waterfall. */
  readonly ruledOut: string[];
  detectMs: number;
  isJsonRpcSeen: boolean;
  isInitializedRejected: boolean;
  /** Status that the request without the credential was refused with; null when it was not refused, or not made. */
  wallStatus: 401 | 403 | null;
  latencyMs: number | null;
  tlsExpiresAtMs: number | null;
  /** Of the latest connection. */
  remoteAddress: string | null;
  retryAfterMs: number | null;
  wire: Wire | null;
  /** What the handshake declared beside tools. */
  declared: readonly ("resources" | "prompts")[];
  server: { readonly name: string; readonly version: string } | null;
  /** What the endpoint last said, for evidence. */
  lastHead: ReplyHead | null;
  lastBody: string | Buffer;
  /** The open stream of the old HTTP+SSE transport. */
  pair: SsePair | null;
  /** Answers given to pings of the endpoint. */
  pongs: number;
}

export const REQUEST_TIMEOUT_MS = 15_000;
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
const STEPS_MAX = 40;
const SESSIONS_MAX = 20;

/** Starts the books of one attempt. `addressOffset` makes a second attempt begin at another address of the name. */
export function openRun(
  deps: ProbeDeps,
  request: ProbeRequest,
  times: {
    readonly startedMs: number;
    readonly deadlineMs: number;
    readonly addressOffset: number;
    readonly secrets: SecretForms;
  },
): ProbeRun {
  const run: ProbeRun = {
    deps,
    request,
    expectations: request.expectations ?? NO_EXPECTATIONS,
    startedMs: times.startedMs,
    deadlineMs: times.deadlineMs,
    scope: openScope(deps, {
      addressOffset: times.addressOffset,
      isHttpsDemanded: false,
      onDialled: (result) => noteDial(run, result),
      onHead: (url, head) => noteHead(run, url, head),
    }),
    url: new URL(request.url),
    sessions: new Map(),
    lints: new Set(),
    secrets: times.secrets,
    steps: [],
    ruledOut: [],
    detectMs: 0,
    isJsonRpcSeen: false,
    isInitializedRejected: false,
    wallStatus: null,
    latencyMs: null,
    tlsExpiresAtMs: null,
    remoteAddress: null,
    retryAfterMs: null,
    wire: null,
    declared: [],
    server: null,
    lastHead: null,
    lastBody: "",
    pair: null,
    pongs: 0,
  };
  return run;
}

export function noteStep(
  run: ProbeRun,
  step: StepName,
  ms: number | null,
  ok: boolean,
  detail: string | null = null,
): void {
  if (run.steps.length >= STEPS_MAX) {
    return;
  }
  const entry: ProbeStep = {
    step,
    ms: ms === null ? null : Math.max(0, Math.round(ms * 100) / 100),
    ok,
    detail: detail === null ? null : blankSecrets(detail, run.secrets.all).slice(0, 300),
  };
  run.steps.push(entry);
  run.deps.onStep?.(entry);
}

/** These steps say how the wall looks to strangers; what they find does not end the probe. */
const WALL_STEPS: ReadonlySet<StepName> = new Set(["unauthenticated", "auth_metadata"]);

/** Whether the waterfall already shows what the probe ended on. */
export function hasFailedStep(run: ProbeRun): boolean {
  return run.steps.some(({ step, ok }) => !ok && !WALL_STEPS.has(step));
}

/** Milliseconds left of the budget. */
export function leftMs(run: ProbeRun): number {
  return run.deadlineMs - performance.now();
}

/** The connection that carried the first request is the one whose timings are shown. */
function noteDial(run: ProbeRun, { outcome, timings, tlsExpiresAtMs }: DialResult): void {
  run.tlsExpiresAtMs ??= tlsExpiresAtMs;
  run.remoteAddress = (outcome.kind === "connected" && outcome.socket.remoteAddress) || run.remoteAddress;
  if (run.steps.some(({ step }) => step === "tcp" || step === "dns")) {
    return;
  }
  const failure = outcome.kind === "connected" ? null : outcome;
  const isDnsFailure = failure?.kind === "dns-failed" || failure?.kind === "target-forbidden";
  noteStep(run, "dns", timings.dnsMs, !isDnsFailure, isDnsFailure ? failure.detail : null);
  if (isDnsFailure) {
    return;
  }
  const isTlsFailure = failure?.kind === "tls-failed";
  const isTcpFailure = failure !== null && !isTlsFailure;
  noteStep(run, "tcp", timings.tcpMs, !isTcpFailure, isTcpFailure ? failure.detail : null);
  if (!isTcpFailure && run.url.protocol === "https:") {
    noteStep(run, "tls", timings.tlsMs, !isTlsFailure, isTlsFailure ? failure.detail : null);
  }
}

function noteHead(run: ProbeRun, url: URL, head: ReplyHead): void {
  run.lastHead = head;
  run.lastBody = "";
  const session = sessionOf(head);
  if (session !== null && run.sessions.size < SESSIONS_MAX) {
    run.sessions.set(session, url);
  }
  if (head.status === 429 || head.status === 503) {
    run.retryAfterMs =
      readRetryAfter(head.headers["retry-after"], run.deps.clock.nowMs()) ?? run.retryAfterMs;
  }
}

/** The session a reply hands out. Visible ASCII only (MCP 2025-11-25, Transports): anything else could not be sent back. */
export function sessionOf(head: ReplyHead): string | null {
  const session = head.headers["mcp-session-id"];
  return typeof session === "string" && /^[\x21-\x7e]{1,1024}$/.test(session) ? session : null;
}

/** Headers of every request to the endpoint's own origin, credential included unless the wall itself is looked at. */
export function baseHeaders(run: ProbeRun, isCredentialSent = true): string[] {
  const headers = ["user-agent", run.deps.userAgent];
  const { credential } = run.request;
  if (credential === null || !isCredentialSent) {
    return headers;
  }
  if (credential.bearer !== undefined) {
    headers.push("authorization", `Bearer ${credential.bearer}`);
  }
  for (const [name, value] of Object.entries(credential.headers ?? {})) {
    headers.push(name, value);
  }
  return headers;
}

/** One exchange with the endpoint, redirects followed as far as they may be; remembers where they led. */
export async function askEndpoint(
  run: ProbeRun,
  request: Omit<Exchange, "bodyBytesMax">,
  bodyBytesMax = BODY_BYTES_MAX,
): Promise<ExchangeResult> {
  const result = await followRedirects(run.scope, { ...request, bodyBytesMax }, (url) => {
    run.url = url;
  });
  if (!run.steps.some(({ step }) => step === "http")) {
    if (result.kind === "replied") {
      noteStep(run, "http", result.headMs - result.sentMs, true, `${result.head.status}`);
    } else if (!hasFailedStep(run)) {
      noteStep(run, "http", null, false, result.outcome.detail);
    }
  }
  keepReply(run, result);
  return result;
}

/** What a refusal or a broken reply said; a good one is kept by who reads it. */
function keepReply(run: ProbeRun, result: ExchangeResult): void {
  if (result.kind === "failed" && result.outcome.kind === "redirect-blocked") {
    run.lastBody = `location: ${result.head?.headers.location ?? "none"}`;
  } else if (result.body.length > 0 && (result.kind === "failed" || result.head.status >= 300)) {
    run.lastBody = result.body;
  }
}

/** The handshake answered. Its latency is request sent to reply complete, without dns, tcp and tls. */
export function noteHandshake(
  run: ProbeRun,
  wire: Wire,
  reply: { readonly sentMs: number; readonly endMs: number },
): void {
  run.wire = wire;
  run.latencyMs = Math.max(0, Math.round((reply.endMs - reply.sentMs) * 100) / 100);
  if (run.ruledOut.length > 0) {
    noteStep(run, "detect", run.detectMs, true, run.ruledOut.join("; "));
    run.ruledOut.length = 0;
  }
  noteStep(run, "handshake", run.latencyMs, true, `${wire.era} ${wire.protocolVersion}`);
}
