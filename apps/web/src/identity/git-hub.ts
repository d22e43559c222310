import { AppError } from "@alivemcp/core/app-error";
import { localPath } from "../local-path.ts";
import type { WebContext } from "../web-env.ts";
import { type AuthAnswer, callAuth, personOfCookies, setCookies } from "./call-auth.ts";
import type { IdentityDeps } from "./identity-deps.ts";

export const hasGitHub = (config: IdentityDeps["config"]) =>
  config.GITHUB_CLIENT_ID !== undefined && config.GITHUB_CLIENT_SECRET !== undefined;

/** Where GitHub sends people back to: what its OAuth app must name. */
export const GITHUB_CALLBACK_PATH = "/api/auth/callback/github";

/** The address at GitHub that asks the person; `connect` adds it to the account that is signed in. */
export async function startGitHub(
  deps: Pick<IdentityDeps, "auth" | "config" | "limits">,
  c: WebContext,
  input: { readonly next: string; readonly purpose: "sign-in" | "connect" },
): Promise<string> {
  if (!hasGitHub(deps.config)) {
    throw new AppError({
      code: "not_found",
      internal: "GitHub keys are not set",
      public: "Signing in with GitHub is not set up here.",
    });
  }
  await deps.limits.spend("token:address", c.var.address);
  const { api } = deps.auth;
  const body = {
    provider: "github",
    callbackURL: input.next,
    errorCallbackURL: "/sign-in",
    disableRedirect: true,
  } as const;
  const answer = await callAuth(c, (headers) =>
    input.purpose === "sign-in"
      ? api.signInSocial({ body, headers, asResponse: true })
      : api.linkSocialAccount({ body, headers, asResponse: true }),
  );
  if (answer.kind === "refused") {
    throw new AppError({
      code: "upstream",
      internal: answer.code,
      public: "GitHub cannot be asked right now.",
    });
  }
  setCookies(c, answer);
  return String(answer.body.url);
}

export type GitHubAnswer =
  | {
      readonly kind: "ok";
      readonly answer: AuthAnswer & { readonly kind: "ok" };
      readonly next: string;
      /** False: a GitHub account was connected to the account that is signed in, and nobody signed in. */
      readonly isSignIn: boolean;
    }
  | { readonly kind: "failed"; readonly sentence: string };

/** What GitHub came back with. The state must be the one this browser was sent away with, and is used up. */
export async function finishGitHub(
  deps: Pick<IdentityDeps, "auth" | "limits">,
  c: WebContext,
): Promise<GitHubAnswer> {
  await deps.limits.spend("token:address", c.var.address);
  const { code, state, error } = c.req.query();
  const query = { ...(code && { code }), ...(state && { state }), ...(error && { error }) };
  const answer = await callAuth(c, (headers) =>
    deps.auth.api.callbackOAuth({ params: { id: "github" }, query, headers, asResponse: true }),
  );
  const target = answer.kind === "ok" ? URL.parse(answer.location ?? "", "https://app.invalid") : null;
  const problem = target?.searchParams.get("error");
  if (answer.kind === "refused" || target === null || problem) {
    return { kind: "failed", sentence: sentenceOf(problem ?? "") };
  }
  const isSignIn =
    answer.body.twoFactorRedirect === true || (await personOfCookies(deps.auth, answer.cookies)) !== null;
  return { kind: "ok", answer, next: localPath(`${target.pathname}${target.search}`), isSignIn };
}

function sentenceOf(problem: string): string {
  switch (problem) {
    case "access_denied":
      return "GitHub was told not to sign you in. Nothing was changed.";
    case "email_not_found":
    case "unable_to_create_user":
      return "GitHub has no confirmed address of yours. Confirm one there, or sign up with your address here.";
    case "account_not_linked":
      return "There is an account with this address already. Sign in to it another way, then connect GitHub under Security.";
    case "account_already_linked_to_different_user":
      return "That GitHub account is connected to another account here.";
    default:
      return "Signing in with GitHub did not work. Start again from this page.";
  }
}
