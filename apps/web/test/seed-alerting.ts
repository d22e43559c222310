/** Rows as the router and the delivery worker leave them, for pages about alerts. */
import type { TestDashboard } from "./open-test-dashboard.ts";

type World = Pick<TestDashboard, "database" | "clock">;

/** One row into a table; answers its id. */
export async function insertRow(
  { database }: Pick<TestDashboard, "database">,
  table: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<string> {
  const names = Object.keys(columns);
  const { rows } = await database
    .pool("super")
    .query<{ id: string }>(
      `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")}) RETURNING *`,
      Object.values(columns),
    );
  return String(rows[0]?.id);
}

/** A sink that receives alerts, unless the columns say otherwise. */
export const seedSink = (
  world: World,
  tenantId: string,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<string> =>
  insertRow(world, "sink", {
    tenant_id: tenantId,
    kind: "slack",
    name: "#on-call",
    state: "verified",
    shown: "hooks.slack.com …a1b2",
    sealed: "{}",
    sealing_key_id: "k",
    verified_at: new Date(world.clock.atMs - 86_400_000),
    last_attempt_at: new Date(world.clock.atMs - 3_600_000),
    last_outcome: "sent",
    last_answer: "ok",
    ...columns,
  });

export interface SeededIncident {
  /** Of the tenant's own row. */
  readonly id: string;
  readonly incidentId: string;
}

/** An open P1 of an endpoint, ten minutes old, as the tenant has it. */
export async function seedIncident(
  world: World,
  of: { readonly tenantId: string; readonly endpointId: string; readonly groupId?: string },
  columns: Readonly<Record<string, unknown>> = {},
  own: Readonly<Record<string, unknown>> = {},
): Promise<SeededIncident> {
  const startedAt = new Date(world.clock.atMs - 600_000);
  const incidentId = await insertRow(world, "incident", {
    endpoint_id: of.endpointId,
    started_at: startedAt,
    opened_at: new Date(startedAt.getTime() + 41_000),
    severity: "P1",
    severity_worst: "P1",
    causes: ["down"],
    failure_reason: "connection_refused",
    regions: ["eu-west", "us-east"],
    ...columns,
  });
  const id = await insertRow(world, "incident_tenant", {
    incident_id: incidentId,
    tenant_id: of.tenantId,
    endpoint_id: of.endpointId,
    created_at: new Date(startedAt.getTime() + 41_000),
    group_id: of.groupId ?? null,
    resolved_at: columns.resolved_at ?? null,
    ...own,
  });
  await insertRow(world, "incident_event", {
    incident_id: incidentId,
    at: new Date(startedAt.getTime() + 41_000),
    kind: "opened",
    facts: JSON.stringify({ regions: ["eu-west", "us-east"] }),
    key: "opened:1",
  });
  return { id, incidentId };
}

/** One message with its tries, delivered unless the columns say otherwise. */
export async function seedDelivery(
  world: World,
  of: {
    readonly tenantId: string;
    readonly sinkId: string;
    readonly endpointId?: string;
    readonly incidentId?: string;
  },
  columns: Readonly<Record<string, unknown>> = {},
  attempts: readonly Readonly<Record<string, unknown>>[] = [{}],
): Promise<string> {
  const createdAt = new Date(world.clock.atMs - 500_000);
  const id = await insertRow(world, "delivery", {
    tenant_id: of.tenantId,
    sink_id: of.sinkId,
    endpoint_id: of.endpointId ?? null,
    incident_tenant_id: of.incidentId ?? null,
    alert_key: `incident:${crypto.randomUUID()}`,
    dedup_key: of.incidentId ?? "k",
    event: "incident.opened",
    severity: "P1",
    message: JSON.stringify(MESSAGE),
    state: "sent",
    attempts: attempts.length,
    created_at: createdAt,
    due_at: createdAt,
    deadline_at: new Date(createdAt.getTime() + 3_600_000),
    settled_at: new Date(createdAt.getTime() + 2_000),
    ...columns,
  });
  for (const [index, attempt] of attempts.entries()) {
    await insertRow(world, "delivery_attempt", {
      delivery_id: id,
      n: index + 1,
      tenant_id: of.tenantId,
      at: new Date(createdAt.getTime() + 1_000 * (index + 1)),
      outcome: "sent",
      status: 200,
      answer: "ok",
      duration_ms: 312,
      ...attempt,
    });
  }
  return id;
}

/** As the router stores it. */
export const MESSAGE = {
  v: 1,
  event: "incident.opened",
  severity: "P1",
  dedupKey: "k",
  title: "Billing is down",
  summary: "Connections are refused from Ashburn and London.",
  atMs: 1_770_000_000_000,
  isTest: false,
  endpoint: { slug: "billing", name: "Billing", group: null, tags: [] },
  incident: null,
  facts: [{ label: "Reason", value: "connection refused" }],
  links: [{ label: "Incident", url: "https://app.example.com/w/x/incidents/y" }],
  entries: [],
  entriesLeftOut: 0,
  proof: null,
};
