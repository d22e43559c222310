import { AppError } from "@alivemcp/core/app-error";
import type { Tenant } from "@alivemcp/db/queries/tenants";

/** What cannot be undone with a click asks for the workspace's name; case and spaces around it do not matter. */
export function requireTypedName(tenant: Tenant, typed: string): void {
  const plain = (text: string) => text.normalize("NFC").trim().toLowerCase();
  if (plain(typed) !== plain(tenant.name)) {
    throw new AppError({
      code: "invalid",
      internal: "confirmation differs",
      public: "Type the name of the workspace exactly as it is shown.",
      field: "confirmation",
    });
  }
}
