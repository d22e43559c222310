import type { BadgeStyle, BadgeTheme } from "@alivemcp/core/badge-options";

export interface Snippet {
  readonly id: "markdown" | "html" | "bash" | "node" | "github-actions" | "prometheus";
  readonly title: string;
  /** What it does, and what it needs. */
  readonly words: string;
  readonly text: string;
}

export interface SnippetInput {
  readonly slug: string;
  readonly isPrivate: boolean;
  /** Bases without a slash at the end. */
  readonly publicUrl: string;
  readonly apiUrl: string;
  readonly badge: BadgeChoice;
}

interface BadgeChoice {
  readonly style: BadgeStyle;
  readonly theme: BadgeTheme;
  /** Empty: the default. */
  readonly label: string;
}

/** Ready text to copy; a private endpoint is asked for with an API key and has no badge. */
export function snippetsOf(input: SnippetInput): Snippet[] {
  return [
    ...(input.isPrivate ? [] : [markdown(input), webPage(input)]),
    bash(input),
    node(input),
    githubActions(input),
    prometheus(input),
  ];
}

/** Address of the badge as chosen, defaults left out. */
export function badgeUrl({ publicUrl, slug, badge }: SnippetInput): string {
  const params = new URLSearchParams();
  if (badge.style !== "flat") {
    params.set("style", badge.style);
  }
  if (badge.theme !== "light") {
    params.set("theme", badge.theme);
  }
  if (badge.label !== "") {
    params.set("label", badge.label);
  }
  return `${publicUrl}/badge/${slug}.svg${params.size === 0 ? "" : `?${params}`}`;
}

const pageUrl = ({ publicUrl, slug }: SnippetInput) => `${publicUrl}/status/${slug}`;

const markdown = (input: SnippetInput): Snippet => ({
  id: "markdown",
  title: "Markdown",
  words: "The badge, leading to the status page. For a README.",
  text: `[![MCP status](${badgeUrl(input)})](${pageUrl(input)})`,
});

const webPage = ({ publicUrl, slug }: SnippetInput): Snippet => ({
  id: "html",
  title: "HTML",
  words: "A card that draws itself and refreshes every minute; where it cannot load, the link stays.",
  text: `<div data-alivemcp="${slug}" data-style="card"><a href="${publicUrl}/status/${slug}">Status of ${slug}</a></div>
<script async src="${publicUrl}/embed.js"></script>`,
});

/** Where the state is read, and how. */
const source = ({ slug, isPrivate, publicUrl, apiUrl }: SnippetInput) =>
  isPrivate
    ? { url: `${apiUrl}/v1/endpoints/${slug}`, field: "state", needsKey: true }
    : { url: `${publicUrl}/api/embed-status/${slug}`, field: "status", needsKey: false };

const KEY_WORDS = " ALIVEMCP_API_KEY holds a key of this workspace with the scope read.";

function bashText(input: SnippetInput): string {
  const { url, field, needsKey } = source(input);
  const header = needsKey ? ' -H "Authorization: Bearer $ALIVEMCP_API_KEY"' : "";
  return `state=$(curl -fsS${header} "${url}" | sed -n 's/.*"${field}": *"\\([a-z]*\\)".*/\\1/p')
echo "${input.slug} is $state"
test "$state" = live`;
}

const bash = (input: SnippetInput): Snippet => ({
  id: "bash",
  title: "Shell",
  words: `Ends with an error unless the endpoint is live.${input.isPrivate ? KEY_WORDS : ""}`,
  text: bashText(input),
});

function node(input: SnippetInput): Snippet {
  const { url, field, needsKey } = source(input);
  const options = needsKey
    ? `, {
  headers: { authorization: \`Bearer \${process.env.ALIVEMCP_API_KEY}\` },
}`
    : "";
  return {
    id: "node",
    title: "Node",
    words: `Node 20 or newer, as a module.${input.isPrivate ? KEY_WORDS : ""}`,
    text: `const answer = await fetch("${url}"${options});
if (!answer.ok) {
  throw new Error(\`AliveMCP answered \${answer.status}\`);
}
const { ${field}: state, uptime_30d_pct } = await answer.json();
console.log(\`${input.slug} is \${state}, up \${uptime_30d_pct ?? "?"} % of 30 days\`);
process.exitCode = state === "live" ? 0 : 1;`,
  };
}

function githubActions(input: SnippetInput): Snippet {
  const run = bashText(input)
    .split("\n")
    .map((line) => `          ${line}`)
    .join("\n");
  const env = input.isPrivate
    ? `        env:
          ALIVEMCP_API_KEY: \${{ secrets.ALIVEMCP_API_KEY }}
`
    : "";
  return {
    id: "github-actions",
    title: "GitHub Actions",
    words: `Stops a workflow unless the endpoint is live.${input.isPrivate ? " The secret ALIVEMCP_API_KEY holds a key of this workspace with the scope read." : ""}`,
    text: `name: MCP status
on: [workflow_dispatch, push]
jobs:
  ${input.slug}:
    runs-on: ubuntu-latest
    steps:
      - name: Stop unless ${input.slug} is live
${env}        run: |
${run}`,
  };
}

/** The port of a URL is in `host` only when it is not the scheme's own. */
function prometheus({ apiUrl }: SnippetInput): Snippet {
  const { protocol, host } = new URL(apiUrl);
  return {
    id: "prometheus",
    title: "Prometheus",
    words:
      "State, latency and uptime of every endpoint of this workspace. The file holds an API key with the scope read.",
    text: `scrape_configs:
  - job_name: alivemcp
    scheme: ${protocol.slice(0, -1)}
    metrics_path: /v1/metrics
    scrape_interval: 60s
    authorization:
      credentials_file: /etc/prometheus/alivemcp-api-key
    static_configs:
      - targets: ["${host}"]`,
  };
}
