/** From a form to the body that the REST API takes, and from what is wrong with that back to the form's fields. */
import type { z } from "zod";
import { type EndpointFormValues, readScalar } from "./form-values.ts";

/** What is wrong, by the name of the field; `form` is about no single one. */
export type FieldProblems = Readonly<Record<string, string>>;

export type FormParse<Body> =
  | { readonly kind: "ok"; readonly body: Body }
  | { readonly kind: "refused"; readonly problems: FieldProblems };

/** Reads the form by one of the two schemas of `endpoint-input`: `isNew` has no slug, a changed one every field. */
export function parseEndpointForm<Schema extends z.ZodType>(
  schema: Schema,
  values: EndpointFormValues,
  isNew: boolean,
): FormParse<z.output<Schema>> {
  const parsedArguments = readArguments(values);
  if (parsedArguments.kind === "refused") {
    return parsedArguments;
  }
  const parsed = schema.safeParse(bodyOf(values, parsedArguments.value, isNew));
  if (parsed.success) {
    return { kind: "ok", body: parsed.data };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    problems[fieldOfPath(path.map(String), values)] ??= message;
  }
  return { kind: "refused", problems };
}

/** The form's field that a path of the body speaks of, such as `health_urls.0.url`. */
export function fieldOfPath(path: readonly string[], values: EndpointFormValues): string {
  const [first = "form", second, third, fourth] = path;
  if (first === "health_urls") {
    return `health_url_${lineOf(values.healthUrls, ({ url }) => url, second)}`;
  }
  if (first !== "health") {
    return first;
  }
  if (second === "assertions") {
    const line = lineOf(values.assertions, ({ path: typed }) => typed, third);
    return third === undefined ? "assertions" : `assertion_${fourth === "path" ? "path" : "value"}_${line}`;
  }
  const fields: Readonly<Record<string, string>> = {
    tool: "health_tool",
    arguments: "health_arguments",
    is_read_only_confirmed: "health_read_only",
  };
  return fields[second ?? ""] ?? "health_kind";
}

/** Blank lines are left out of the body, so the third entry may stand on the fifth line. */
function lineOf<Line>(
  lines: readonly Line[],
  key: (line: Line) => string,
  entry: string | undefined,
): number {
  const used = lines.flatMap((line, index) => (key(line) === "" ? [] : [index]));
  return used[Number(entry ?? 0)] ?? 0;
}

function bodyOf(values: EndpointFormValues, toolArguments: unknown, isNew: boolean): unknown {
  const name = values.name.trim();
  return {
    url: values.url,
    ...(isNew ? {} : { slug: values.slug }),
    ...(isNew && name === "" ? {} : { name }),
    transport: values.transport,
    visibility: values.visibility,
    ...(values.cadence_s === "" ? {} : { cadence_s: numberOf(values.cadence_s) }),
    regions: values.regions,
    confirmation_period_s: numberOf(values.confirmation_period_s),
    tags: listOf(values.tags, /[,\n]/),
    group: values.group.trim() === "" ? null : values.group,
    runbook_url: values.runbook_url === "" ? null : values.runbook_url,
    health: healthOf(values, toolArguments),
    health_urls: values.healthUrls
      .filter(({ url }) => url !== "")
      .map(({ url, everyMinutes, isStatusChecked }) => ({
        url,
        every_minutes: numberOf(everyMinutes),
        is_status_checked: isStatusChecked,
      })),
    expected_tools: listOf(values.expected_tools, /\n/),
    latency_degraded_ms: numberOf(values.latency_degraded_ms),
    degraded_after_minutes: numberOf(values.degraded_after_minutes),
    degraded_cleared_after_minutes: numberOf(values.degraded_cleared_after_minutes),
  };
}

function healthOf(values: EndpointFormValues, toolArguments: unknown): unknown {
  const assertions = values.assertions
    .filter(({ path }) => path !== "")
    .map(({ kind, path, value }) =>
      kind === "matches" ? { kind, path, pattern: value } : { kind, path, value: readScalar(value) },
    );
  const more = assertions.length === 0 ? {} : { assertions };
  switch (values.health_kind) {
    case "never":
      return { kind: "never" };
    case "named":
      return {
        kind: "named",
        tool: values.health_tool,
        arguments: toolArguments,
        is_read_only_confirmed: values.health_read_only,
        ...more,
      };
    default:
      return { kind: values.health_kind, ...more };
  }
}

function readArguments(
  values: EndpointFormValues,
):
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "refused"; readonly problems: FieldProblems } {
  if (values.health_kind !== "named" || values.health_arguments.trim() === "") {
    return { kind: "read", value: {} };
  }
  try {
    return { kind: "read", value: JSON.parse(values.health_arguments) };
  } catch {
    const sentence = 'The arguments are not valid JSON. Write an object such as {"query": "ping"}.';
    return { kind: "refused", problems: { health_arguments: sentence } };
  }
}

/** Text that is no number stays text, so that the schema says what it wants. */
function numberOf(typed: string): number | string {
  const text = typed.trim();
  return /^-?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : text;
}

function listOf(typed: string, separator: RegExp): string[] {
  return typed
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
