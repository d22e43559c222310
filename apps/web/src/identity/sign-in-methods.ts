import type { IdentityDeps } from "./identity-deps.ts";

/** How a person can sign in. */
export async function listSignInMethods(
  deps: Pick<IdentityDeps, "auth">,
  userId: string,
): Promise<{ readonly hasPassword: boolean; readonly isGitHubConnected: boolean }> {
  const { internalAdapter } = await deps.auth.$context;
  const accounts = await internalAdapter.findAccounts(userId);
  return {
    hasPassword: accounts.some(({ providerId, password }) => providerId === "credential" && password),
    isGitHubConnected: accounts.some(({ providerId }) => providerId === "github"),
  };
}

/** The name that colleagues see. */
export async function changeName(
  deps: Pick<IdentityDeps, "auth">,
  input: { readonly userId: string; readonly name: string },
): Promise<void> {
  const { internalAdapter } = await deps.auth.$context;
  await internalAdapter.updateUser(input.userId, { name: input.name });
}

/** Takes a GitHub account off; the mailed link stays a way in. */
export async function disconnectGitHub(deps: Pick<IdentityDeps, "auth">, userId: string): Promise<void> {
  const { internalAdapter } = await deps.auth.$context;
  const accounts = await internalAdapter.findAccounts(userId);
  for (const account of accounts.filter(({ providerId }) => providerId === "github")) {
    await internalAdapter.deleteAccount(account.id);
  }
}
