import { AppError } from "@alivemcp/core/app-error";
import { deleteClaim } from "@alivemcp/db/queries/endpoint-claims";
import {
  type EndpointChange,
  type EndpointRow,
  type EndpointTarget,
  hasCredential,
} from "@alivemcp/db/queries/endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { Caller } from "../caller.ts";

/**
 * Lets an endpoint move to another URL, and says what that costs. On another origin a stored credential would be sent
 * to somebody it was not given to, and a proof no longer proves anything: the first is refused, as is moving what is
 * on the board; the second makes the endpoint an added one again.
 */
export async function requireMovable(
  caller: Caller,
  tx: Tx,
  { before, target }: { readonly before: EndpointRow; readonly target: EndpointTarget },
): Promise<Pick<EndpointChange, "standing">> {
  if (new URL(target.url).origin === new URL(before.url).origin) {
    return {};
  }
  if (await hasCredential(caller.scope, tx, before.id)) {
    throw refusal(
      "url",
      "A credential is stored for this endpoint and would be sent to the new host. Delete it first, then store it again.",
    );
  }
  if (caller.actor.kind === "operator") {
    return {};
  }
  if (before.visibility === "public") {
    throw refusal(
      "url",
      "This endpoint is on the public board for a host that you proved to be yours. Make it unlisted before you move it to another host.",
    );
  }
  await deleteClaim(caller.scope, tx, before.id);
  return before.standing === "claimed" ? { standing: "added" } : {};
}

/** Onto the board only with a proof; out of `private` only without a credential. */
export async function requireVisibilityChange(
  caller: Caller,
  tx: Tx,
  { before, visibility }: { readonly before: EndpointRow; readonly visibility: EndpointRow["visibility"] },
): Promise<void> {
  if (visibility === "public" && before.standing !== "claimed" && caller.actor.kind !== "operator") {
    throw new AppError({
      code: "forbidden",
      internal: "public without proof",
      public:
        "Only endpoints that are proven to be yours go on the public board. Prove it on its claim page first.",
      field: "visibility",
    });
  }
  if (before.visibility === "private" && (await hasCredential(caller.scope, tx, before.id))) {
    throw refusal(
      "visibility",
      "A credential is stored for this endpoint, and what a log-in protects is not shown in public. Delete the credential first.",
    );
  }
}

function refusal(field: "url" | "visibility", sentence: string): AppError {
  return new AppError({
    code: "conflict",
    internal: `${field}: a credential or proof is in the way`,
    public: sentence,
    field,
  });
}
