import type { Role } from "@alivemcp/core/permissions";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { members } from "../schema/accounts.ts";
import { tenants } from "../schema/tenants.ts";
import { type Tenant, tenantOfRow } from "./tenants.ts";

/** One workspace that a person belongs to, and as what. */
export interface Membership {
  readonly tenant: Tenant;
  readonly role: Role;
}

/** Every workspace of a person, by name. Runs as `identity`, before any tenant is known; leans on members_by_user. */
export async function listMemberships(pool: pg.Pool, userId: string): Promise<Membership[]> {
  const rows = await drizzle(pool)
    .select({ tenant: tenants, role: members.role })
    .from(members)
    .innerJoin(tenants, eq(tenants.id, members.tenantId))
    .where(eq(members.userId, userId))
    .orderBy(tenants.name, tenants.slug);
  return rows.map(({ tenant, role }) => ({ tenant: tenantOfRow(tenant), role }));
}
