/** Resources and prompts that an endpoint declares, listed once: a declared capability that is not there is a lint. */
import { CAPABILITY_LINT_PREFIX } from "@alivemcp/core/capability-lints";
import { call } from "./call.ts";
import { type McpMessages, mcpMessages, type RpcCall } from "./mcp-messages.ts";
import { leftMs, noteStep, type ProbeRun, type Wire } from "./probe-run.ts";

const METHOD_NOT_FOUND = -32601;
/** With less left than this the listing could only end as a timeout of our own making. */
const LISTING_NEEDS_MS = 2_000;

/** Lists what is declared, first page only, if this probe is the one that does; what comes back changes no verdict. */
export async function listCapabilities(run: ProbeRun): Promise<void> {
  const { wire } = run;
  if (!run.expectations.isCapabilityCheckDue || wire === null || leftMs(run) < LISTING_NEEDS_MS) {
    return;
  }
  const messages = mcpMessages(run.deps.userAgent);
  const startedMs = performance.now();
  const missing: string[] = [];
  for (const capability of run.declared) {
    if (await isMissing(run, wire, listingOf(messages, wire, capability))) {
      missing.push(capability);
      run.lints.add(
        `${CAPABILITY_LINT_PREFIX}missing: ${capability} are declared, but ${capability}/list is answered with "method not found"`,
      );
    }
  }
  noteStep(
    run,
    "capabilities",
    run.declared.length === 0 ? null : performance.now() - startedMs,
    missing.length === 0,
    missing.length === 0 ? run.declared.join(", ") || "none declared" : `not there: ${missing.join(", ")}`,
  );
}

function listingOf(messages: McpMessages, wire: Wire, capability: "resources" | "prompts"): RpcCall {
  const isModern = wire.era === "modern";
  if (capability === "resources") {
    return isModern ? messages.resourcesModern : messages.resourcesLegacy;
  }
  return isModern ? messages.promptsModern : messages.promptsLegacy;
}

async function isMissing(run: ProbeRun, wire: Wire, listing: RpcCall): Promise<boolean> {
  const reply = await call(run, wire, listing, null);
  return reply.kind === "error" && reply.code === METHOD_NOT_FOUND;
}
