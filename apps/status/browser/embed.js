/*! AliveMCP embed. <div data-alivemcp="slug" data-style="card|pill" data-theme="auto|light|dark"></div>
 * Fails open: when anything goes wrong the element keeps what stood in it, and the page is never disturbed. */

{
  const script = document.currentScript || document.querySelector('script[src*="/embed.js"]');
  const base = new URL(script.src).origin;
  const WORDS = { live: "Live", degraded: "Degraded", down: "Down", unknown: "Unknown" };
  const ICONS = { live: "✓", degraded: "!", down: "✕", unknown: "?" };
  const LIGHT =
    "--g:#fff;--i:#1b1f24;--m:#57606a;--l:#d8dee4;--live:#1a7f37;--degraded:#8f5a00;--down:#b3261e;--unknown:#5c6670;--o:#fff";
  const DARK =
    "--g:#161b22;--i:#e6edf3;--m:#a9b3bd;--l:#30363d;--live:#4ac26b;--degraded:#e3b341;--down:#ff8a80;--unknown:#a9b3bd;--o:#0b0f14";
  const CSS = `:host{display:inline-block;${LIGHT}}:host([data-theme=dark]){${DARK}}@media(prefers-color-scheme:dark){:host(:not([data-theme=light])){${DARK}}}
a{display:inline-flex;gap:.5em;align-items:center;font:14px/1.4 system-ui,sans-serif;color:var(--i);background:var(--g);border:1px solid var(--l);border-radius:999px;padding:.25em .8em .25em .3em;text-decoration:none}
a:hover,a:focus-visible{border-color:var(--m)}a.card{display:grid;grid-template-columns:auto 1fr;border-radius:10px;padding:.8em 1em;min-width:15em}
b{font-weight:600}i{font-style:normal;font-weight:700;width:1.5em;height:1.5em;line-height:1.5em;text-align:center;border-radius:50%;color:var(--o)}
small{color:var(--m);grid-column:2;font-size:12px}`;

  let sheet;
  const make = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent?.append(element);
    return element;
  };
  const percent = (value, span) => (value === null ? [] : [`${value} % over ${span}`]);

  const facts = (status) => {
    const uptime = [...percent(status.uptime_24h_pct, "24 h"), ...percent(status.uptime_30d_pct, "30 d")];
    const p95 = status.p95_latency_ms_24h;
    const at = status.last_probe_at;
    return [
      uptime.length > 0 ? `Uptime ${uptime.join(", ")}` : "No uptime measured yet",
      p95 !== null && `95 % of answers within ${p95} ms`,
      status.schema_drift_in_last_24h && "Tools changed in the last 24 h",
      at ? `Checked ${new Date(at).toLocaleTimeString()}` : "Not checked yet",
    ].filter(Boolean);
  };

  const linkFor = (host, status, isCard) => {
    const isWalled = status.auth_required && status.status === "live";
    const word = isWalled ? "Reachable, login required" : WORDS[status.status];
    const label = `${host.dataset.label || status.slug}: ${word}`;
    const link = make("a", "");
    link.href = status.status_page_url;
    link.className = isCard ? "card" : "pill";
    const icon = make("i", ICONS[status.status], link);
    icon.style.background = `var(--${status.status})`;
    icon.setAttribute("aria-hidden", "true");
    make("b", isCard ? label : word, link);
    if (!isCard) {
      link.setAttribute("aria-label", label);
    }
    return link;
  };

  const draw = (host, status) => {
    const isCard = host.dataset.style !== "pill";
    const link = linkFor(host, status, isCard);
    for (const fact of isCard ? facts(status) : []) {
      make("small", fact, link);
    }
    const root = host.shadowRoot || host.attachShadow({ mode: "open" });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
    }
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(link);
  };

  const refresh = async () => {
    const hosts = [...document.querySelectorAll("[data-alivemcp]")];
    const slugs = new Set(hosts.map((host) => host.dataset.alivemcp));
    await Promise.all(
      [...slugs].map(async (slug) => {
        try {
          const answer = await fetch(`${base}/api/embed-status/${encodeURIComponent(slug)}`, {
            credentials: "omit",
          });
          const status = answer.ok && (await answer.json());
          for (const host of hosts) {
            if (status && WORDS[status.status] && host.dataset.alivemcp === slug) {
              draw(host, status);
            }
          }
        } catch {
          // Fails open.
        }
      }),
    );
  };

  const start = () => {
    void refresh();
    setInterval(() => document.hidden || void refresh(), 60_000);
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
}
