import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { deleteSessionsOfUser } from "@alivemcp/db/queries/sessions-identity";
import { createOTP } from "@better-auth/utils/otp";
import { symmetricDecrypt } from "better-auth/crypto";
import type { Viewer, WebContext } from "../web-env.ts";
import { type AuthAnswer, callAuth, setCookies } from "./call-auth.ts";
import { confirmPerson } from "./confirm-person.ts";
import type { IdentityDeps } from "./identity-deps.ts";
import { recordAccountChange } from "./record-account-change.ts";
import { tellAccountChange } from "./tell-account-change.ts";

/** A code is good for the 30 s before, in and after its own (RFC 6238, section 5.2); this is longer than all three. */
const CODE_REMEMBERED_S = 180;

export type CodeAnswer =
  | { readonly kind: "ok"; readonly answer: AuthAnswer & { readonly kind: "ok" } }
  | { readonly kind: "wrong" }
  /** Too many wrong codes, or none was asked for in this browser: sign in anew. */
  | { readonly kind: "over" };

/** Ends a sign-in with a code of the app, or with a recovery code, which then is gone. A code works once. */
export async function signInWithCode(deps: IdentityDeps, c: WebContext, code: string): Promise<CodeAnswer> {
  await deps.limits.spend("code:address", c.var.address);
  const { api } = deps.auth;
  const isAppCode = /^\d{6}$/.test(code);
  const answer = await callAuth(c, (headers) =>
    isAppCode
      ? api.verifyTOTP({ body: { code }, headers, asResponse: true })
      : api.verifyBackupCode({ body: { code }, headers, asResponse: true }),
  );
  if (answer.kind === "refused") {
    return {
      kind:
        answer.code.startsWith("INVALID_CODE") || answer.code === "INVALID_BACKUP_CODE" ? "wrong" : "over",
    };
  }
  const { user, token } = answer.body as { user: { id: string }; token: string };
  if (isAppCode && !(await reserveCode(deps, user.id, code))) {
    await (await deps.auth.$context).internalAdapter.deleteSession(token);
    return { kind: "over" };
  }
  return { kind: "ok", answer };
}

/** False for a code that this person used before; RFC 6238, section 5.2, allows each once. */
async function reserveCode(
  deps: Pick<IdentityDeps, "redis">,
  userId: string,
  code: string,
): Promise<boolean> {
  const key = `limit:web:used-code:${sha256Hex(`${userId} ${code}`)}`;
  return (await deps.redis.set(key, "1", "EX", CODE_REMEMBERED_S, "NX")) === "OK";
}

export type SecondFactorState = "off" | "started" | "on";

/** Whether a person's sign-in asks for a code; `started`: a secret was made but no code was typed in yet. */
export async function secondFactorState(
  deps: Pick<IdentityDeps, "auth">,
  userId: string,
): Promise<SecondFactorState> {
  const row = await findRow(deps, userId);
  return row === null ? "off" : row.verified ? "on" : "started";
}

/** Makes a secret to show; it asks nobody for codes before one was typed in. */
export async function startSecondFactor(
  deps: IdentityDeps,
  c: WebContext,
  password: string,
): Promise<"started" | "wrong-password"> {
  if ((await confirmPerson(deps, c, password)).kind === "wrong-password") {
    return "wrong-password";
  }
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.enableTwoFactor({ body: { password, method: "totp" }, headers, asResponse: true }),
  );
  if (answer.kind === "refused") {
    throw new AppError({
      code: "conflict",
      internal: `enable: ${answer.code}`,
      public: "Codes are asked for already. Turn them off first to set up another app.",
    });
  }
  return "started";
}

/** The secret that waits for its first code, to show it as a picture and as text; null when none waits. */
export async function waitingSecret(
  deps: Pick<IdentityDeps, "auth">,
  viewer: Viewer,
): Promise<{ readonly uri: string; readonly secret: string } | null> {
  const row = await findRow(deps, viewer.userId);
  if (row === null || row.verified) {
    return null;
  }
  const { secretConfig } = await deps.auth.$context;
  const uri = createOTP(await symmetricDecrypt({ key: secretConfig, data: row.secret })).url(
    "AliveMCP",
    viewer.email,
  );
  return { uri, secret: new URL(uri).searchParams.get("secret") ?? "" };
}

/** Turns codes on with the first right one. Signs out every other session; returns the recovery codes, shown once. */
export async function finishSecondFactor(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly viewer: Viewer; readonly code: string },
): Promise<readonly string[] | "wrong"> {
  const { viewer, code } = input;
  await deps.limits.spend("code:account", viewer.userId);
  if ((await secondFactorState(deps, viewer.userId)) !== "started") {
    return "wrong";
  }
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.verifyTOTP({ body: { code }, headers, asResponse: true }),
  );
  if (answer.kind === "refused" || !(await reserveCode(deps, viewer.userId, code))) {
    return "wrong";
  }
  setCookies(c, answer);
  await endOtherSessions(deps, viewer, answer);
  await recordAccountChange(deps, c, { userId: viewer.userId, action: "account.second_factor_on" });
  await tellAccountChange(deps, viewer.email, "second-factor-on");
  const { backupCodes } = await deps.auth.api.viewBackupCodes({ body: { userId: viewer.userId } });
  return backupCodes;
}

/** Makes new recovery codes; the old ones are void. */
export async function renewRecoveryCodes(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly viewer: Viewer; readonly password: string },
): Promise<readonly string[] | "wrong-password"> {
  const { viewer, password } = input;
  if ((await confirmPerson(deps, c, password)).kind === "wrong-password") {
    return "wrong-password";
  }
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.generateBackupCodes({ body: { password }, headers, asResponse: true }),
  );
  if (answer.kind === "refused") {
    throw notOn(answer.code);
  }
  await recordAccountChange(deps, c, { userId: viewer.userId, action: "account.renew_recovery_codes" });
  await tellAccountChange(deps, viewer.email, "recovery-codes-made");
  return (answer.body as { backupCodes: string[] }).backupCodes;
}

/** Stops asking for codes. Signs out every other session. */
export async function endSecondFactor(
  deps: IdentityDeps,
  c: WebContext,
  input: { readonly viewer: Viewer; readonly password: string },
): Promise<"ended" | "wrong-password"> {
  const { viewer, password } = input;
  if ((await confirmPerson(deps, c, password)).kind === "wrong-password") {
    return "wrong-password";
  }
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.disableTwoFactor({ body: { password }, headers, asResponse: true }),
  );
  if (answer.kind === "refused") {
    throw notOn(answer.code);
  }
  setCookies(c, answer);
  await endOtherSessions(deps, viewer, answer);
  await recordAccountChange(deps, c, { userId: viewer.userId, action: "account.second_factor_off" });
  await tellAccountChange(deps, viewer.email, "second-factor-off");
  return "ended";
}

/** The library gave this browser a new session; every other goes. */
async function endOtherSessions(
  deps: Pick<IdentityDeps, "auth" | "identityPool">,
  viewer: Viewer,
  answer: AuthAnswer,
): Promise<void> {
  const cookie = answer.cookies.map((line) => line.split(";")[0]).join("; ");
  const renewed = await deps.auth.api.getSession({ headers: new Headers({ cookie }) });
  await deleteSessionsOfUser(deps.identityPool, viewer.userId, {
    exceptSessionId: renewed?.session.id ?? viewer.sessionId,
  });
}

const notOn = (code: string) =>
  new AppError({ code: "conflict", internal: code, public: "Codes are not asked for at present." });

async function findRow(
  deps: Pick<IdentityDeps, "auth">,
  userId: string,
): Promise<{ readonly secret: string; readonly verified: boolean } | null> {
  const { adapter } = await deps.auth.$context;
  return adapter.findOne<{ secret: string; verified: boolean }>({
    model: "twoFactor",
    where: [{ field: "userId", value: userId }],
  });
}
