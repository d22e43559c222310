/** Pages of a workspace, in the order of its navigation: path below `/w/<workspace>/`, name of the section, label, and what one must be allowed. */
export const WORKSPACE_SECTIONS = [
  { path: "", section: "overview", label: "Endpoints", action: "workspace.read" },
  { path: "incidents", section: "incidents", label: "Incidents", action: "incident.read" },
  { path: "sinks", section: "alerting", label: "Alerting", action: "sink.list" },
  { path: "pages", section: "pages", label: "Status pages", action: "workspace.read" },
  { path: "members", section: "members", label: "Members", action: "member.list" },
  { path: "keys", section: "keys", label: "API keys", action: "key.list" },
  { path: "audit", section: "audit", label: "Audit log", action: "audit.read" },
  { path: "settings", section: "settings", label: "Settings", action: "workspace.read" },
] as const;

/** Pages of the section "alerting", in the order in which a workspace sets them up. */
export const ALERTING_TABS = [
  { path: "sinks", tab: "sinks", label: "Sinks" },
  { path: "rules", tab: "rules", label: "Rules" },
  { path: "escalations", tab: "escalations", label: "Escalation" },
  { path: "maintenance", tab: "maintenance", label: "Maintenance" },
  { path: "deliveries", tab: "deliveries", label: "Deliveries" },
] as const;
export type AlertingTab = (typeof ALERTING_TABS)[number]["tab"];

/** Pages of a person's own account. */
export const ACCOUNT_SECTIONS = [
  { path: "/account", section: "account", label: "Profile" },
  { path: "/account/security", section: "security", label: "Security" },
  { path: "/account/sessions", section: "sessions", label: "Sessions" },
  { path: "/account/data", section: "data", label: "Your data" },
] as const;
