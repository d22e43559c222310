/** What a person typed into a form of an endpoint, kept as text so that a refused form shows it again. */
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";

/** One line of the assertions editor. */
export interface AssertionLine {
  readonly kind: string;
  readonly path: string;
  readonly value: string;
}

export interface HealthUrlLine {
  readonly url: string;
  readonly everyMinutes: string;
  readonly isStatusChecked: boolean;
}

export interface EndpointFormValues {
  readonly url: string;
  readonly name: string;
  readonly slug: string;
  readonly transport: string;
  readonly visibility: string;
  readonly cadence_s: string;
  /** Ids of the chosen regions; none means all. */
  readonly regions: readonly string[];
  readonly confirmation_period_s: string;
  readonly tags: string;
  readonly group: string;
  readonly runbook_url: string;
  readonly health_kind: string;
  readonly health_tool: string;
  readonly health_arguments: string;
  readonly health_read_only: boolean;
  readonly assertions: readonly AssertionLine[];
  readonly healthUrls: readonly HealthUrlLine[];
  readonly expected_tools: string;
  readonly latency_degraded_ms: string;
  readonly degraded_after_minutes: string;
  readonly degraded_cleared_after_minutes: string;
}

const EMPTY_ASSERTION: AssertionLine = { kind: "equals", path: "", value: "" };
const EMPTY_HEALTH_URL: HealthUrlLine = { url: "", everyMinutes: "1", isStatusChecked: true };
const HEALTH_URL_LINES = 5;
const ASSERTION_LINES_MAX = 20;
const BLANK_ASSERTIONS = 2;

/** A new endpoint's form; the URL may come along in a link. */
export const newEndpointValues = (url: string): EndpointFormValues => ({
  url,
  name: "",
  slug: "",
  transport: "auto",
  visibility: "unlisted",
  cadence_s: "",
  regions: [],
  confirmation_period_s: "30",
  tags: "",
  group: "",
  runbook_url: "",
  health_kind: "auto",
  health_tool: "",
  health_arguments: "",
  health_read_only: false,
  assertions: withBlanks([]),
  healthUrls: filled([]),
  expected_tools: "",
  latency_degraded_ms: "5000",
  degraded_after_minutes: "3",
  degraded_cleared_after_minutes: "2",
});

/** The form of an endpoint as it is. */
export function valuesOfEndpoint(row: EndpointRow): EndpointFormValues {
  const { health } = row;
  const named = health.kind === "named" ? health : null;
  const assertions = health.kind === "never" ? [] : (health.assertions ?? []);
  return {
    url: row.url,
    name: row.name,
    slug: row.slug,
    transport: row.transport,
    visibility: row.visibility,
    cadence_s: String(row.cadenceS),
    regions: row.regions,
    confirmation_period_s: String(row.confirmationPeriodMs / 1_000),
    tags: row.tags.join(", "),
    group: row.groupName ?? "",
    runbook_url: row.runbookUrl ?? "",
    health_kind: health.kind,
    health_tool: named?.tool ?? "",
    health_arguments:
      named === null || Object.keys(named.arguments).length === 0
        ? ""
        : JSON.stringify(named.arguments, null, 2),
    health_read_only: named !== null,
    assertions: withBlanks(
      assertions.map((one) => ({
        kind: one.kind,
        path: one.path,
        value: one.kind === "matches" ? one.pattern : writeScalar(one.value),
      })),
    ),
    healthUrls: filled(
      row.healthUrls.map((one) => ({
        url: one.url,
        everyMinutes: String(one.everyMinutes),
        isStatusChecked: one.isStatusChecked,
      })),
    ),
    expected_tools: row.expectedTools.join("\n"),
    latency_degraded_ms: String(row.latencyDegradedMs),
    degraded_after_minutes: String(row.degradedAfterMinutes),
    degraded_cleared_after_minutes: String(row.degradedClearedAfterMinutes),
  };
}

/** The form as it was posted; what is missing or a file is empty, what nobody asked for is dropped. */
export function valuesOfForm(form: FormData): EndpointFormValues {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const count = (prefix: string, linesMax: number) =>
    Array.from({ length: linesMax }, (_, index) => index).filter((index) => form.has(`${prefix}_${index}`))
      .length;
  return {
    url: text("url").trim(),
    name: text("name"),
    slug: text("slug").trim(),
    transport: text("transport"),
    visibility: text("visibility"),
    cadence_s: text("cadence_s"),
    regions: form
      .getAll("regions")
      .filter((one) => typeof one === "string")
      .slice(0, 50),
    confirmation_period_s: text("confirmation_period_s"),
    tags: text("tags"),
    group: text("group"),
    runbook_url: text("runbook_url").trim(),
    health_kind: text("health_kind"),
    health_tool: text("health_tool"),
    health_arguments: text("health_arguments"),
    health_read_only: form.has("health_read_only"),
    assertions: Array.from({ length: count("assertion_path", ASSERTION_LINES_MAX) }, (_, index) => ({
      kind: text(`assertion_kind_${index}`),
      path: text(`assertion_path_${index}`).trim(),
      value: text(`assertion_value_${index}`),
    })),
    healthUrls: filled(
      Array.from({ length: count("health_url", HEALTH_URL_LINES) }, (_, index) => ({
        url: text(`health_url_${index}`).trim(),
        everyMinutes: text(`health_url_minutes_${index}`),
        isStatusChecked: form.has(`health_url_status_${index}`),
      })),
    ),
    expected_tools: text("expected_tools"),
    latency_degraded_ms: text("latency_degraded_ms"),
    degraded_after_minutes: text("degraded_after_minutes"),
    degraded_cleared_after_minutes: text("degraded_cleared_after_minutes"),
  };
}

/** The same form with two more empty lines for assertions. */
export function withMoreAssertions(values: EndpointFormValues): EndpointFormValues {
  return { ...values, assertions: withBlanks(values.assertions) };
}

/** A scalar as it is typed: text that would read as something else is quoted. */
function writeScalar(value: string | number | boolean | null): string {
  if (typeof value !== "string") {
    return String(value);
  }
  return typeof readScalar(value) === "string" && !value.startsWith('"') ? value : JSON.stringify(value);
}

/** What is typed as a JSON scalar is one (`true`, `42`, `"42"`), everything else is text. */
export function readScalar(typed: string): string | number | boolean | null {
  const text = typed.trim();
  try {
    const value: unknown = JSON.parse(text);
    return value === null || ["string", "number", "boolean"].includes(typeof value)
      ? (value as string | number | boolean | null)
      : typed;
  } catch {
    return typed;
  }
}

function withBlanks(lines: readonly AssertionLine[]): AssertionLine[] {
  const blanks = Array.from({ length: BLANK_ASSERTIONS }, () => EMPTY_ASSERTION);
  return [...lines, ...blanks].slice(0, ASSERTION_LINES_MAX);
}

function filled(lines: readonly HealthUrlLine[]): HealthUrlLine[] {
  return [...lines, ...Array.from({ length: HEALTH_URL_LINES }, () => EMPTY_HEALTH_URL)].slice(
    0,
    HEALTH_URL_LINES,
  );
}
