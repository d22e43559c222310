import { randomUUID } from "node:crypto";
import type { Role } from "@alivemcp/core/permissions";
import type { PlanName } from "@alivemcp/core/plans";
import { grantTenantScope, type TenantScope } from "../src/tenant-scope.ts";
import type { TestDatabase } from "./database.ts";

export interface TestTenant {
  readonly id: string;
  readonly slug: string;
  readonly ownerId: string;
  readonly scope: TenantScope;
}

/** A workspace of the test's own with an owner who proved their address. */
export async function addTestTenant(
  database: TestDatabase,
  options: { readonly plan?: PlanName } = {},
): Promise<TestTenant> {
  const id = randomUUID();
  const slug = `t-${id}`;
  const ownerId = await addTestUser(database);
  await database
    .pool("super")
    .query("INSERT INTO tenants (id, name, slug, plan) VALUES ($1, $2, $2, $3)", [
      id,
      slug,
      options.plan ?? "team",
    ]);
  await addTestMember(database, { tenantId: id, userId: ownerId, role: "owner" });
  return { id, slug, ownerId, scope: grantTenantScope(id, "test") };
}

/** A person with a proven address; returns the id. */
export async function addTestUser(database: TestDatabase, email?: string): Promise<string> {
  const id = randomUUID();
  await database
    .pool("super")
    .query("INSERT INTO users (id, name, email, email_verified) VALUES ($1, $2, $3, true)", [
      id,
      `Person ${id.slice(0, 4)}`,
      email ?? `${id}@example.com`,
    ]);
  return id;
}

/** Makes a person a member of a workspace. */
export async function addTestMember(
  database: TestDatabase,
  member: { readonly tenantId: string; readonly userId: string; readonly role: Role },
): Promise<void> {
  await database
    .pool("super")
    .query("INSERT INTO members (tenant_id, user_id, role) VALUES ($1, $2, $3)", [
      member.tenantId,
      member.userId,
      member.role,
    ]);
}
