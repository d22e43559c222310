import type { Role } from "@alivemcp/core/permissions";
import { ROLES } from "@alivemcp/core/permissions";
import type { TestDatabase } from "../../../db/test/database.ts";
import { addTestMember, addTestTenant, addTestUser, type TestTenant } from "../../../db/test/tenant.ts";
import type { Caller } from "../src/caller.ts";

export interface People {
  readonly tenant: TestTenant;
  readonly ids: Readonly<Record<Role, string>>;
  /** The caller that a session of that person would be. */
  as(role: Role): Caller;
}

/** A workspace with one person of each role. */
export async function addPeople(
  database: TestDatabase,
  options: Parameters<typeof addTestTenant>[1] = {},
): Promise<People> {
  const tenant = await addTestTenant(database, options);
  const ids = { owner: tenant.ownerId } as Record<Role, string>;
  for (const role of ROLES.filter((one) => one !== "owner")) {
    ids[role] = await addTestUser(database);
    await addTestMember(database, { tenantId: tenant.id, userId: ids[role], role });
  }
  const as = (role: Role): Caller => ({
    scope: tenant.scope,
    actor: { kind: "member", userId: ids[role], role },
    requestId: "req-1",
    address: "192.0.2.7",
  });
  return { tenant, ids, as };
}
