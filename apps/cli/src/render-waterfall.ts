import type { ProbeFinding, ProbeStep } from "@alivemcp/core/pipeline";
import { exitCodeOf } from "./exit-code.ts";
import { type Palette, printable } from "./terminal-text.ts";

const BAR_WIDTH = 32;
/** Of the longest step. */
const NAME_WIDTH = 17;

/** Text of `alivemcp check` for people: verdict first, then one line per step with a bar where its time lies, then facts. */
export function renderWaterfall(url: string, finding: ProbeFinding, palette: Palette): string {
  return [
    verdictLine(url, finding, palette),
    "",
    ...waterfall(finding.steps, palette),
    "",
    ...facts(finding).map(([name, value]) => `  ${palette.dim(name.padEnd(NAME_WIDTH))} ${value}`),
    ...finding.lints.map((lint) => `  ${palette.warn("lint".padEnd(NAME_WIDTH))} ${printable(lint)}`),
  ].join("\n");
}

function verdictLine(url: string, finding: ProbeFinding, palette: Palette): string {
  const code = exitCodeOf(finding);
  const paint = code === 0 ? palette.good : code === 2 ? palette.bad : palette.warn;
  const mark = code === 0 ? "✓" : code === 2 ? "✗" : "!";
  const word = finding.state === "auth_walled" ? wallWord(finding.reason) : finding.state;
  const why = [finding.reason, finding.detail].filter((part) => part !== null).map((part) => printable(part));
  return `${paint(palette.bold(`${mark} ${word}`))}  ${printable(url, 2_048)}${why.length > 0 ? `\n  ${why.join(" · ")}` : ""}`;
}

const wallWord = (reason: ProbeFinding["reason"]) =>
  reason === "credential_rejected" ? "reachable, credential rejected" : "reachable, login required";

function waterfall(steps: readonly ProbeStep[], palette: Palette): string[] {
  const totalMs = steps.reduce((sum, step) => sum + (step.ms ?? 0), 0) || 1;
  let startMs = 0;
  return steps.map((step) => {
    const ms = step.ms ?? 0;
    const before = Math.min(BAR_WIDTH - 1, Math.floor((startMs / totalMs) * BAR_WIDTH));
    const length =
      step.ms === null
        ? 0
        : Math.max(1, Math.min(BAR_WIDTH - before, Math.round((ms / totalMs) * BAR_WIDTH)));
    startMs += ms;
    const bar = `${" ".repeat(before)}${"█".repeat(length)}`.padEnd(BAR_WIDTH);
    const time = step.ms === null ? "–".padStart(9) : `${step.ms.toFixed(1)} ms`.padStart(9);
    const mark = step.ok ? palette.good("✓") : palette.bad("✗");
    const detail = step.detail === null ? "" : palette.dim(printable(step.detail));
    return `  ${mark} ${step.step.padEnd(NAME_WIDTH - 2)} ${time}  ${step.ok ? bar : palette.bad(bar)}  ${detail}`.trimEnd();
  });
}

function facts(finding: ProbeFinding): [string, string][] {
  const rows: [string, string | null][] = [
    ["server", finding.server && `${printable(finding.server.name)} ${printable(finding.server.version)}`],
    [
      "speaks",
      finding.era &&
        `${finding.era} era, ${finding.protocolVersion ?? "?"}, ${finding.transport === "sse" ? "HTTP+SSE" : "Streamable HTTP"}`,
    ],
    ["tools", finding.toolsCount === null ? null : String(finding.toolsCount)],
    [
      "latency",
      finding.latencyMs === null ? null : `${Math.round(finding.latencyMs)} ms to the handshake reply`,
    ],
    ["contract hash", finding.contractHash],
    ["full hash", finding.fullHash],
    ["healed", finding.transientReason && `first attempt failed: ${finding.transientReason}`],
    ["answer", finding.evidence && printable(finding.evidence, 500)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}
