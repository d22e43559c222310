import { z } from "zod";
import type { ApiClient } from "../api-client.ts";
import { type Palette, printable } from "../terminal-text.ts";

/** What the API says of an endpoint, as far as the terminal shows it; other fields are passed through by `--json`. */
const endpointSchema = z.looseObject({
  id: z.string(),
  slug: z.string(),
  url: z.string(),
  state: z.string(),
  status_page_url: z.string(),
});
const detailSchema = endpointSchema.extend({
  raw_state: z.string().nullable(),
  failure_reason: z.string().nullable(),
  last_probe_at: z.string().nullable(),
  uptime_24h_pct: z.number().nullable(),
  uptime_30d_pct: z.number().nullable(),
  p95_latency_ms_24h: z.number().nullable(),
});
const pageSchema = z.looseObject({ items: z.array(endpointSchema), next_cursor: z.string().nullable() });

export interface EndpointCommandDeps {
  readonly api: ApiClient;
  readonly palette: Palette;
  readonly print: (text: string) => void;
}

/** Registers a URL; its first verdict is there within seconds. */
export async function addEndpoint(
  deps: EndpointCommandDeps,
  input: { url: string; name?: string | undefined; transport: string; isJson: boolean },
): Promise<void> {
  const answer = endpointSchema.parse(
    await deps.api.call("POST", "/v1/endpoints", {
      url: input.url,
      transport: input.transport,
      ...(input.name === undefined ? {} : { name: input.name }),
    }),
  );
  deps.print(
    input.isJson
      ? JSON.stringify(answer)
      : `added ${printable(answer.slug)}\n  ${answer.status_page_url}\n  its first verdict is there in seconds: alivemcp status ${printable(answer.slug)}`,
  );
}

const PAGES_MAX = 100;

/** Lists every endpoint, following the cursor (at most 100 pages). */
export async function listEndpoints(deps: EndpointCommandDeps, input: { isJson: boolean }): Promise<void> {
  const items: z.infer<typeof endpointSchema>[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query: string = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = pageSchema.parse(await deps.api.call("GET", `/v1/endpoints${query}`));
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (cursor === null) {
      break;
    }
  }
  if (input.isJson) {
    deps.print(JSON.stringify(items));
    return;
  }
  if (items.length === 0) {
    deps.print("no endpoints yet: alivemcp add <url>");
    return;
  }
  const width = Math.max(...items.map((item) => item.slug.length));
  for (const item of items) {
    deps.print(
      `${paintState(deps.palette, item.state).padEnd(9)} ${printable(item.slug).padEnd(width)}  ${printable(item.url)}`,
    );
  }
}

/** Shows one endpoint; the exit code is that of its state: 0 live, 1 degraded, 2 down, 3 unknown. */
export async function showStatus(
  deps: EndpointCommandDeps,
  input: { slug: string; isJson: boolean },
): Promise<number> {
  const answer = detailSchema.parse(
    await deps.api.call("GET", `/v1/endpoints/${encodeURIComponent(input.slug)}`),
  );
  if (input.isJson) {
    deps.print(JSON.stringify(answer));
  } else {
    const percent = (value: number | null) => (value === null ? "no data yet" : `${value} %`);
    deps.print(
      [
        `${paintState(deps.palette, answer.state)}  ${printable(answer.slug)}  ${printable(answer.url)}`,
        `  latest minute   ${answer.raw_state ?? "unknown"}${answer.failure_reason ? ` (${answer.failure_reason})` : ""}`,
        `  last probe      ${answer.last_probe_at ?? "not probed yet"}`,
        `  uptime 24 h     ${percent(answer.uptime_24h_pct)}`,
        `  uptime 30 d     ${percent(answer.uptime_30d_pct)}`,
        `  p95 24 h        ${answer.p95_latency_ms_24h === null ? "no data yet" : `${answer.p95_latency_ms_24h} ms`}`,
        `  page            ${answer.status_page_url}`,
      ].join("\n"),
    );
  }
  return { live: 0, degraded: 1, down: 2 }[answer.state] ?? 3;
}

function paintState(palette: Palette, state: string): string {
  const paint = { live: palette.good, degraded: palette.warn, down: palette.bad }[state] ?? palette.dim;
  return paint(state);
}
