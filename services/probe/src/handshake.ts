/** The two ways of greeting an endpoint, and what its answer says about the era it speaks. */
import { isJsonObject, type JsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { publicLine } from "@alivemcp/core/public-text";
import { callHttp } from "./call-http.ts";
import { callSse, notifySse } from "./call-sse.ts";
import { LEGACY_VERSIONS, MODERN_VERSION, mcpMessages } from "./mcp-messages.ts";
import { noteHandshake, noteStep, type ProbeRun, REQUEST_TIMEOUT_MS, sessionOf } from "./probe-run.ts";
import { judgeRefusal } from "./refusal.ts";
import type { RpcReply } from "./rpc.ts";
import { blankSecrets } from "./secret-forms.ts";
import { openSsePair } from "./sse-pair.ts";

/**
 * How a greeting ended. `hint` says what the answer tells about eras: `other-era` that this one may not be spoken here,
 * `modern` that the endpoint asks for the modern one in so many words.
 */
export type Greeting =
  | { readonly kind: "spoke"; readonly hasTools: boolean }
  | {
      readonly kind: "ended";
      readonly outcome: ProbeOutcome;
      readonly hint: "none" | "other-era" | "modern";
      readonly status: number | null;
    };

/** Statuses with which servers answer a first message they do not know; 422 is rmcp's (Rust SDK). */
const ERA_STATUSES: ReadonlySet<number> = new Set([400, 404, 405, 406, 422, 501]);
/** Capabilities that can be listed beside tools. */
const DECLARABLE = ["resources", "prompts"] as const;
const INVALID_PARAMS = -32602;
const HEADER_MISMATCH = -32020;
const CAPABILITY_MISSING = -32021;
const VERSION_UNSUPPORTED = -32022;

/** Modern: `server/discover`. Valid when the answer lists our version and its capabilities. */
export async function greetModern(run: ProbeRun, timeoutMs: number): Promise<Greeting> {
  const first = await discover(run, timeoutMs);
  // Refused for its version by an endpoint that lists this very version: a replica of another build, so ask once more.
  const isListed = first.kind === "error" && supportedVersions(first).includes(MODERN_VERSION);
  const reply = isListed ? await discover(run, timeoutMs) : first;
  if (reply.kind === "result") {
    return readDiscovery(run, reply);
  }
  if (reply.kind === "error") {
    const outcome = modernError(reply);
    if (outcome !== null) {
      return ended(outcome, "other-era", reply.head.status);
    }
  }
  return refused(run, reply);
}

function discover(run: ProbeRun, timeoutMs: number): Promise<RpcReply> {
  return callHttp(run, mcpMessages(run.deps.userAgent).discover, {
    isModern: true,
    protocolVersion: MODERN_VERSION,
    sessionId: null,
    timeoutMs,
    recognise: null,
    isCredentialSent: true,
  });
}

function readDiscovery(run: ProbeRun, reply: Extract<RpcReply, { kind: "result" }>): Greeting {
  const { supportedVersions, capabilities, resultType, _meta: meta } = reply.result;
  const isDiscovery =
    Array.isArray(supportedVersions) &&
    isJsonObject(capabilities) &&
    (resultType === undefined || resultType === "complete");
  if (!isDiscovery) {
    return ended({ kind: "handshake-invalid", detail: "discover_invalid" }, "other-era", 200);
  }
  if (!supportedVersions.includes(MODERN_VERSION)) {
    return ended(unknownVersions(supportedVersions), "other-era", 200);
  }
  const identity = isJsonObject(meta) ? meta["io.modelcontextprotocol/serverInfo"] : undefined;
  run.server = readServer(run, identity ?? reply.result.serverInfo);
  run.deps.onGreeting?.({
    serverInfo: identity ?? reply.result.serverInfo,
    instructions: reply.result.instructions,
  });
  noteHandshake(
    run,
    { era: "modern", transport: "http", protocolVersion: MODERN_VERSION, sessionId: null },
    reply,
  );
  run.declared = DECLARABLE.filter((name) => hasCapability(capabilities, name));
  return { kind: "spoke", hasTools: hasCapability(capabilities, "tools") };
}

function modernError(reply: Extract<RpcReply, { kind: "error" }>): ProbeOutcome | null {
  switch (reply.code) {
    case VERSION_UNSUPPORTED:
      return unknownVersions(supportedVersions(reply));
    case HEADER_MISMATCH:
    case CAPABILITY_MISSING:
    case INVALID_PARAMS:
      return { kind: "request-rejected", code: reply.code };
    default:
      return null;
  }
}

/** What the endpoint offers instead when it refuses a version. */
function supportedVersions({ code, data }: Extract<RpcReply, { kind: "error" }>): readonly unknown[] {
  const isRefusal = code === VERSION_UNSUPPORTED && isJsonObject(data) && Array.isArray(data.supported);
  return isRefusal ? (data.supported as readonly unknown[]) : [];
}

/** Only versions nobody here knows: the endpoint may be newer than we are. A known legacy one is no fault of this kind. */
function unknownVersions(supported: readonly unknown[]): ProbeOutcome {
  const known: readonly unknown[] = [MODERN_VERSION, ...LEGACY_VERSIONS];
  const hasKnown = supported.some((version) => known.includes(version));
  return supported.length === 0 || hasKnown
    ? { kind: "handshake-invalid", detail: "discover_invalid" }
    : { kind: "version-unsupported", detail: "unsupported_by_prober" };
}

/** Legacy over Streamable HTTP: `initialize`, then `notifications/initialized`. */
export async function greetLegacy(run: ProbeRun): Promise<Greeting> {
  const messages = mcpMessages(run.deps.userAgent);
  const reply = await callHttp(run, messages.initialize, {
    isModern: false,
    protocolVersion: null,
    sessionId: null,
    timeoutMs: REQUEST_TIMEOUT_MS,
    recognise: null,
    isCredentialSent: true,
  });
  const sessionId = reply.kind === "result" ? sessionOf(reply.head) : null;
  const greeting = await readInitialize(run, reply, "http", sessionId);
  if (greeting.kind === "spoke" && run.wire !== null) {
    const told = await callHttp(run, messages.initialized, {
      isModern: false,
      protocolVersion: run.wire.protocolVersion,
      sessionId,
      timeoutMs: REQUEST_TIMEOUT_MS,
      recognise: null,
      isCredentialSent: true,
    });
    return (await noteInitialized(run, told)) ?? greeting;
  }
  return greeting;
}

/** Legacy over the old pair: the event stream, then the same two messages. */
export async function greetSse(run: ProbeRun): Promise<Greeting> {
  const unopened = await openSsePair(run);
  if (unopened !== null) {
    return refused(run, unopened);
  }
  const messages = mcpMessages(run.deps.userAgent);
  const reply = await callSse(run, messages.initialize, REQUEST_TIMEOUT_MS, null);
  const greeting = await readInitialize(run, reply, "sse", null);
  if (greeting.kind === "ended") {
    return greeting;
  }
  return (await noteInitialized(run, await notifySse(run, messages.initialized))) ?? greeting;
}

/** Reads the answer to `initialize`; the wire is then open on the run. */
async function readInitialize(
  run: ProbeRun,
  reply: RpcReply,
  transport: "http" | "sse",
  sessionId: string | null,
): Promise<Greeting> {
  if (reply.kind === "error" && reply.code === VERSION_UNSUPPORTED) {
    return ended({ kind: "handshake-refused", code: reply.code }, "modern", reply.head.status);
  }
  if (reply.kind !== "result") {
    return refused(run, reply);
  }
  const { protocolVersion, capabilities, serverInfo } = reply.result;
  const server = readServer(run, serverInfo);
  if (typeof protocolVersion !== "string" || !isJsonObject(capabilities) || server === null) {
    return ended({ kind: "handshake-invalid", detail: "initialize_invalid" }, "other-era", 200);
  }
  if (!(LEGACY_VERSIONS as readonly string[]).includes(protocolVersion)) {
    return ended({ kind: "handshake-invalid", detail: "version_unknown" }, "none", 200);
  }
  run.server = server;
  run.deps.onGreeting?.({ serverInfo, instructions: reply.result.instructions });
  noteHandshake(run, { era: "legacy", transport, protocolVersion, sessionId }, reply);
  run.declared = DECLARABLE.filter((name) => hasCapability(capabilities, name));
  return { kind: "spoke", hasTools: hasCapability(capabilities, "tools") };
}

/** 202 is the rule, other 2xx are common; a refusal is remembered, and only a wall ends the probe here. */
async function noteInitialized(run: ProbeRun, told: RpcReply): Promise<Greeting | null> {
  const isAccepted = told.kind === "failed" && told.outcome.kind === "not-json-rpc";
  const status = run.lastHead?.status ?? 0;
  if (isAccepted || (told.kind === "result" && status < 300)) {
    noteStep(run, "initialized", null, true, `${status}`);
    if (status !== 202) {
      run.lints.add(
        `initialized_status: notifications/initialized is answered with ${status} instead of 202`,
      );
    }
    return null;
  }
  run.isInitializedRejected = true;
  noteStep(run, "initialized", null, false, told.kind === "failed" ? told.outcome.kind : `${status}`);
  if (status === 401) {
    const outcome = await judgeRefusal(run, told);
    return ended(outcome, "none", status);
  }
  return null;
}

/** A greeting that was not answered with a result. */
async function refused(run: ProbeRun, reply: Exclude<RpcReply, { kind: "result" }>): Promise<Greeting> {
  const outcome = await judgeRefusal(run, reply);
  const status = reply.kind === "error" || reply.kind === "status" ? reply.head.status : null;
  // An error in JSON-RPC words may always be the wrong greeting's fault; a failing server says 5xx.
  const isEraShaped =
    status !== null && (ERA_STATUSES.has(status) || (reply.kind === "error" && status < 500));
  return ended(outcome, isEraShaped ? "other-era" : "none", status);
}

function ended(
  outcome: ProbeOutcome,
  hint: "none" | "other-era" | "modern",
  status: number | null,
): Greeting {
  return { kind: "ended", outcome, hint, status };
}

function hasCapability(capabilities: JsonObject, name: string): boolean {
  return capabilities[name] !== undefined && capabilities[name] !== null;
}

/** Identity as far as it is told; null when there is no name. */
function readServer(run: ProbeRun, info: unknown): { name: string; version: string } | null {
  if (!isJsonObject(info) || typeof info.name !== "string") {
    return null;
  }
  const version = typeof info.version === "string" ? info.version : "";
  const line = (text: string, charsMax: number) => publicLine(blankSecrets(text, run.secrets.all), charsMax);
  return { name: line(info.name, 200), version: line(version, 100) };
}
