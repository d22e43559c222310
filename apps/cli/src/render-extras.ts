import type { ToolListDiff } from "@alivemcp/core/diff-tool-lists";
import type { OfficialClientAnswer } from "./official-clients.ts";
import { type Palette, printable } from "./terminal-text.ts";

/** Side by side: what the official clients got from the same URL. */
export function renderOfficialClients(answers: readonly OfficialClientAnswer[], palette: Palette): string {
  const lines = answers.map((answer) => {
    const name = answer.client.padEnd(36);
    if (answer.outcome !== "connected") {
      const mark = answer.outcome === "failed" ? palette.bad("✗") : palette.dim("–");
      return `  ${mark} ${name} ${answer.outcome.replace("_", " ")}: ${printable(answer.detail ?? "")}`;
    }
    const facts = [
      answer.protocol_version ?? "version not told",
      `${answer.tools_count} tools`,
      answer.detail,
    ];
    return `  ${palette.good("✓")} ${name} connected, ${facts.filter((fact) => fact !== null).join(", ")}`;
  });
  return ["", "Official clients", ...lines].join("\n");
}

/** The typed difference to the baseline, breaking changes first. */
export function renderDrift(drift: ToolListDiff, palette: Palette): string {
  if (drift.changes.length === 0) {
    return `\n${palette.good("✓")} the tool list is that of the baseline`;
  }
  const marks = { breaking: palette.bad("✗"), review: palette.warn("?"), compatible: palette.dim("·") };
  const lines = drift.changes.map((change) => {
    const values =
      change.before === null && change.after === null
        ? ""
        : `: ${change.before ?? "–"} → ${change.after ?? "–"}`;
    const place = change.path === "" ? "" : ` ${change.path}`;
    return `  ${marks[change.class]} ${change.kind} ${printable(`${change.tool}${place}${values}`)}`;
  });
  const omitted = drift.omittedCount > 0 ? [`  … and ${drift.omittedCount} more`] : [];
  const verdict = drift.isBreaking ? palette.bad("breaking drift") : palette.warn("drift, nothing breaking");
  return ["", `Since the baseline: ${verdict}`, ...lines, ...omitted].join("\n");
}
