/** Pages of a workspace, in the order of its navigation: path below `/w/<workspace>/`, name of the section, label. */
export const WORKSPACE_SECTIONS = [{ path: "", section: "overview", label: "Endpoints" }] as const;

/** Pages of a person's own account. */
export const ACCOUNT_SECTIONS = [
  { path: "/account", section: "account", label: "Profile" },
  { path: "/account/security", section: "security", label: "Security" },
  { path: "/account/sessions", section: "sessions", label: "Sessions" },
] as const;
