/**
 * What an owner should fix in a tool list that clients still accept: names, duplicates, schemas that look as if no
 * validator compiles them. Nothing is compiled here: a stranger's pattern may cost a validator minutes.
 * Lints never change a state.
 */
import { isJsonObject } from "./json-schema-keywords.ts";
import { findParamHeaders } from "./mcp-param-header.ts";
import { findSchemaFault } from "./schema-fault.ts";
import { toolName } from "./tool-list.ts";

/** Most lints of one list; the rest is summed up in the last line. */
export const TOOL_LINTS_MAX = 40;
const LINT_LENGTH_MAX = 200;
/** Longest name quoted; names are a stranger's text of any length. */
const QUOTED_NAME_MAX = 64;

/** Names every client can route: MCP 2025-11-25, server/tools, "Tool Names". */
const PORTABLE_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Lints of the raw parsed `tools` array, each `<code>: <sentence>`, codes `tool_name`, `tool_duplicate`, `tool_schema`,
 * `tool_header`, `tool_task_required`. The list is within the bounds of `hashToolList`.
 */
export function lintToolList(tools: readonly unknown[]): readonly string[] {
  const lints = [...nameLints(tools), ...duplicateLints(tools), ...tools.flatMap(definitionLints)].map(
    (lint) => lint.slice(0, LINT_LENGTH_MAX),
  );
  return lints.length <= TOOL_LINTS_MAX
    ? lints
    : [
        ...lints.slice(0, TOOL_LINTS_MAX - 1),
        `tool_more: and ${lints.length - TOOL_LINTS_MAX + 1} more of these`,
      ];
}

function nameLints(tools: readonly unknown[]): readonly string[] {
  return tools
    .map(toolName)
    .filter((name) => !PORTABLE_NAME.test(name))
    .map((name) => `tool_name: ${quoted(name)} is not 1 to 128 of A-Z a-z 0-9 _ . -`);
}

function duplicateLints(tools: readonly unknown[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of tools.map(toolName)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .filter(([name, count]) => count > 1 && name !== "")
    .map(([name, count]) => `tool_duplicate: ${quoted(name)} is listed ${count} times`);
}

function definitionLints(tool: unknown): readonly string[] {
  if (!isJsonObject(tool)) {
    return [];
  }
  const name = quoted(toolName(tool));
  const lints: string[] = [];
  for (const field of ["inputSchema", "outputSchema"] as const) {
    const fault = isJsonObject(tool[field]) ? findSchemaFault(tool[field]) : null;
    if (fault !== null) {
      lints.push(`tool_schema: ${field} of ${name}: ${fault}`);
    }
  }
  const headers = findParamHeaders(tool.inputSchema);
  if (headers.kind === "invalid") {
    lints.push(`tool_header: ${name}: ${headers.fault}`);
  }
  if (isJsonObject(tool.execution) && tool.execution.taskSupport === "required") {
    lints.push(`tool_task_required: ${name} refuses a plain call`);
  }
  return lints;
}

/** A stranger's name, short and on one line. */
function quoted(name: string): string {
  const shown = name.length > QUOTED_NAME_MAX ? `${name.slice(0, QUOTED_NAME_MAX)}…` : name;
  return `"${shown.toWellFormed().replace(/[\p{C}\p{Zl}\p{Zp}"]/gu, "\ufffd")}"`;
}
