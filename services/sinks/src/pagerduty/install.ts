/** Simple Install Flow of an Events Integration app: developer.pagerduty.com, "Events Integration Functionality". */
import { z } from "zod";

const INSTALL_URL = "https://app.pagerduty.com/install/integration";

/** Where the installer is sent; PagerDuty sends them back to `redirectUrl` with `?config=<json>` added. */
export function pagerdutyInstallUrl(input: { readonly appId: string; readonly redirectUrl: string }): URL {
  const url = new URL(INSTALL_URL);
  url.search = new URLSearchParams({
    app_id: input.appId,
    redirect_url: input.redirectUrl,
    version: "2",
  }).toString();
  return url;
}

export interface PagerdutyInstalled {
  readonly routingKey: string;
  readonly serviceName: string;
}

const config = z.object({
  integration_keys: z
    .array(
      z.object({
        integration_key: z.string().regex(/^[A-Za-z0-9]{32}$/),
        name: z.string().max(200).nullish(),
      }),
    )
    .min(1)
    .max(50),
  account: z.object({ subdomain: z.string().max(100).nullish() }).nullish(),
});

/** One per service that the installer chose; null when `config` is not what PagerDuty sends. */
export function readPagerdutyInstall(configJson: string): readonly PagerdutyInstalled[] | null {
  try {
    const { data } = config.safeParse(JSON.parse(configJson));
    return (
      data?.integration_keys.map(({ integration_key, name }) => ({
        routingKey: integration_key,
        serviceName: name ?? data.account?.subdomain ?? "PagerDuty",
      })) ?? null
    );
  } catch {
    return null;
  }
}
