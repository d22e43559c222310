import { AppError } from "@alivemcp/core/app-error";
import { diffToolLists, type ToolListDiff } from "@alivemcp/core/diff-tool-lists";
import { checkEndpointUrl } from "@alivemcp/core/endpoint-url";
import type { ProbeFinding, ProbeStep } from "@alivemcp/core/pipeline";
import type { Transport } from "@alivemcp/core/states";
import { checkTarget } from "@alivemcp/probe/check-target";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import { type Baseline, readBaseline, writeBaseline } from "../baseline.ts";
import { toCheckReport } from "../check-report.ts";
import { exitCodeOf } from "../exit-code.ts";
import { readCredential } from "../header-options.ts";
import { type OfficialClientAnswer, runOfficialClients } from "../official-clients.ts";
import { renderDrift, renderOfficialClients } from "../render-extras.ts";
import { renderWaterfall } from "../render-waterfall.ts";
import type { Palette } from "../terminal-text.ts";

export interface CheckOptions {
  readonly json?: boolean;
  readonly transport: Transport;
  readonly bearer?: string;
  readonly bearerEnv?: string;
  readonly header: string[];
  readonly headerEnv: string[];
  readonly tool?: string;
  readonly timeout: number;
  readonly allowPrivate?: boolean;
  readonly officialClient?: boolean;
  readonly saveBaseline?: string;
  readonly baseline?: string;
}

export interface CheckDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly palette: Palette;
  readonly signal: AbortSignal;
}

/** Where the User-Agent of the command line points; a self-hoster names its own. */
const PUBLIC_URL = "https://alivemcp.dev";

/** Probes `url` once from here, prints what was found and gives the exit code. Throws `invalid` for a wrong command line. */
export async function runCheck(deps: CheckDeps, url: string, options: CheckOptions): Promise<number> {
  const credential = readCredential(options, deps.env);
  const before = options.baseline === undefined ? null : readBaseline(options.baseline);
  const probeDeps = {
    ...createProbeDeps({
      allowCidrs: [],
      publicUrl: deps.env.ALIVEMCP_PUBLIC_URL || PUBLIC_URL,
      allowPrivate: options.allowPrivate ?? false,
    }),
    signal: deps.signal,
    ...(options.json ? {} : { onStep: progress(deps) }),
  };
  const target = await acceptedTarget(probeDeps, url);

  const { finding, toolList } = await runProbe(probeDeps, {
    url: target,
    transport: options.transport,
    remembered: null,
    lastFullHash: null,
    isToolListEmptyAtBaseline: false,
    health:
      options.tool === undefined
        ? { kind: "never" }
        : { kind: "named", tool: options.tool, arguments: {}, isReadOnlyConfirmed: true },
    budgetMs: options.timeout * 1_000,
    hasSecondAttempt: true,
    credential,
  });
  const drift = before && toolList ? diffToolLists(before.tools, toolList) : null;
  const clients = options.officialClient
    ? await runOfficialClients({
        url: new URL(target),
        transport: options.transport,
        headers: {
          ...credential?.headers,
          ...(credential?.bearer ? { authorization: `Bearer ${credential.bearer}` } : {}),
        },
        timeoutMs: options.timeout * 1_000,
      })
    : null;
  print(deps, {
    url: target,
    finding,
    drift,
    hasBaseline: before !== null,
    clients,
    isJson: options.json ?? false,
  });
  if (options.saveBaseline !== undefined) {
    saveBaseline(deps, options.saveBaseline, { url: target, finding, toolList });
  }
  if (before !== null && drift === null) {
    deps.printError("alivemcp: --baseline: no tool list was read, not compared");
    return exitCodeOf(finding) || EXIT_NOT_COMPARED;
  }
  return combinedExitCode(finding, drift);
}

/** A gate that could not look is not passed, even where the endpoint itself is fine, as behind a login wall. */
const EXIT_NOT_COMPARED = 3;

/** Refuses what is no endpoint URL, or leads to a private address, before anything is sent to it. */
async function acceptedTarget(probeDeps: Parameters<typeof checkTarget>[0], text: string): Promise<string> {
  const target = await checkTarget(probeDeps, text);
  if (target.kind === "accepted") {
    return target.url;
  }
  const url = checkEndpointUrl(text);
  if (target.reason === "url_unknown_host" && url.kind === "accepted") {
    // The probe reports it as what it is: an endpoint that is down at its first layer.
    return url.url;
  }
  const hint = target.reason === "url_private_address" ? " Add --allow-private if you mean it." : "";
  throw new AppError({
    code: "invalid",
    internal: target.reason,
    public: target.message + hint,
    field: target.field,
  });
}

function progress(deps: CheckDeps): (step: ProbeStep) => void {
  return (step) => deps.printError(deps.palette.dim(`… ${step.step}${step.ok ? "" : " failed"}`));
}

/** Writes the list that was read. Without one the file stays as it is, and the state of the endpoint is the answer. */
function saveBaseline(
  deps: Pick<CheckDeps, "printError">,
  path: string,
  probed: { url: string; finding: ProbeFinding; toolList: readonly unknown[] | null },
): void {
  if (probed.toolList === null || probed.finding.fullHash === null) {
    deps.printError("alivemcp: --save-baseline: no tool list was read, nothing saved");
    return;
  }
  writeBaseline(path, {
    v: 1,
    url: probed.url,
    saved_at: new Date(probed.finding.observedAtMs).toISOString(),
    full_hash: probed.finding.fullHash,
    tools: [...probed.toolList],
  } satisfies Baseline);
}

function print(
  deps: CheckDeps,
  found: {
    url: string;
    finding: ProbeFinding;
    drift: ToolListDiff | null;
    hasBaseline: boolean;
    clients: readonly OfficialClientAnswer[] | null;
    isJson: boolean;
  },
): void {
  if (found.isJson) {
    deps.print(
      JSON.stringify({
        ...toCheckReport(found.url, found.finding),
        ...(found.hasBaseline ? { drift: found.drift } : {}),
        ...(found.clients ? { official_clients: found.clients } : {}),
      }),
    );
    return;
  }
  deps.print(renderWaterfall(found.url, found.finding, deps.palette));
  if (found.drift) {
    deps.print(renderDrift(found.drift, deps.palette));
  }
  if (found.clients) {
    deps.print(renderOfficialClients(found.clients, deps.palette));
  }
}

/** Breaking drift is 1 like degraded; down and unknown keep their own codes. */
function combinedExitCode(finding: ProbeFinding, drift: ToolListDiff | null): number {
  const code = exitCodeOf(finding);
  return code === 0 && drift?.isBreaking ? 1 : code;
}
