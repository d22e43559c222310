import type { PublicStep } from "@alivemcp/core/public-fields";
import { html } from "hono/html";
import { type Html, latencyText } from "./figures.ts";

const STEP_NAMES: Record<PublicStep["step"], string> = {
  dns: "Resolve name",
  tcp: "Connect",
  tls: "TLS handshake",
  http: "HTTP answer",
  unauthenticated: "Ask without the credential",
  detect: "Detect protocol era",
  handshake: "MCP handshake",
  initialized: "Confirm handshake",
  tools_list: "List tools",
  health: "Health check",
  health_url: "Health URL",
  capabilities: "List resources and prompts",
  hash: "Compare tool list",
  auth_metadata: "Read login metadata",
  close: "Close session",
};

/** The steps of one probe, one bar each, in the order they ran. Time is in the table, the bars only show it. */
export function waterfall(steps: readonly PublicStep[], label: string): Html {
  const startsMs = stepStarts(steps);
  const totalMs = Math.max(1, ...steps.map((step, index) => (startsMs[index] ?? 0) + (step.ms ?? 0)));
  return html`<table class="waterfall"><caption class="visually-hidden">${label}</caption>
<thead class="visually-hidden"><tr><th scope="col">Step</th><th scope="col">Result</th><th scope="col">Time line</th><th scope="col">Time</th></tr></thead>
<tbody>${steps.map((step, index) => row(step, startsMs[index] ?? 0, totalMs))}</tbody></table>`;
}

/**
 * When each step began, counted from the first. Steps follow each other, except the first HTTP answer: waiting for it
 * is a part of the step after it, which detects the era or completes the handshake. Health URLs are asked all at once.
 */
export function stepStarts(steps: readonly Pick<PublicStep, "step" | "ms">[]): number[] {
  let cursorMs = 0;
  let healthUrlsFromMs: number | null = null;
  return steps.map(({ step, ms }) => {
    healthUrlsFromMs = step === "health_url" ? (healthUrlsFromMs ?? cursorMs) : null;
    const startMs = healthUrlsFromMs ?? cursorMs;
    cursorMs = step === "http" ? cursorMs : Math.max(cursorMs, startMs + (ms ?? 0));
    return startMs;
  });
}

function row(step: PublicStep, fromMs: number, totalMs: number): Html {
  const share = (ms: number) => `${Math.round((ms / totalMs) * 1000) / 10}%`;
  return html`<tr class="${step.ok ? "step-ok" : "step-failed"}">
<th scope="row">${STEP_NAMES[step.step]}${step.detail === null ? "" : html`<span class="faint">${step.detail}</span>`}</th>
<td class="outcome">${step.ok ? "✓" : "✕"}<span class="visually-hidden">${step.ok ? "done" : "failed"}</span></td>
<td class="line" aria-hidden="true"><svg width="100%" height="10"><rect class="track" width="100%" height="10" rx="2"/>${
    step.ms === null
      ? ""
      : html`<rect class="took" x="${share(fromMs)}" width="${share(Math.max(step.ms, totalMs * 0.006))}" height="10" rx="2"/>`
  }</svg></td>
<td class="number">${step.ms === null ? "–" : latencyText(step.ms)}</td></tr>`;
}
