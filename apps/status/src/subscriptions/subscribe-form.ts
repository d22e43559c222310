import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** What came of a subscription that the form sent to the API, which sends the reader back here. */
export type SubscribeOutcome = "sent" | "invalid" | "unknown" | "rate_limited" | "unavailable";

const OUTCOMES: Record<SubscribeOutcome, string> = {
  sent: "If this address does not get these mails already, one is on its way: press the button behind its link.",
  invalid: "That is not an e-mail address that we can write to. Nothing was recorded.",
  unknown: "There is no such page any more. Nothing was recorded.",
  rate_limited: "Too many requests from your address or for that one. Please try again later.",
  unavailable: "It could not be recorded right now. Please send it again in a few minutes.",
};

/** Reads the word that the API puts behind `?subscribe=`; anything else is no outcome. */
export function parseSubscribeOutcome(word: string | undefined): SubscribeOutcome | null {
  return word !== undefined && Object.hasOwn(OUTCOMES, word) ? (word as SubscribeOutcome) : null;
}

/** How to hear of incidents: a mail address to enter, and feeds. */
export function subscribeSection(input: {
  readonly slug: string;
  /** Path of the page; the feeds are below it. */
  readonly path: string;
  readonly apiUrl: string;
  readonly outcome: SubscribeOutcome | null;
}): Html {
  const { slug, path, apiUrl, outcome } = input;
  return html`<section aria-labelledby="subscribe" class="subscribe"><h2 id="subscribe">Hear of incidents</h2>
${outcome === null ? "" : html`<p class="notice${outcome === "sent" ? "" : " notice-bad"}" role="status">${OUTCOMES[outcome]}</p>`}
<form method="post" action="${apiUrl}/v1/subscriptions">
<input type="hidden" name="slug" value="${slug}">
<label class="grow"><span>E-mail address</span><input type="email" name="email" required maxlength="320" autocomplete="email"></label>
<button type="submit">Subscribe</button>
</form>
<p class="faint">One mail asks you to confirm; nothing else comes before. Then one when an incident has lasted for minutes, one for news of it, one when it is over. Every mail has a link that ends them.</p>
<p>Or read along: <a href="${path}/feed.atom" type="application/atom+xml">Atom</a>, <a href="${path}/feed.rss" type="application/rss+xml">RSS</a>.</p>
<details><summary>By webhook</summary><div><p>For programs: a signed POST by <a href="https://www.standardwebhooks.com/">Standard Webhooks</a>. The URL first gets a message of type <code>endpoint.verification</code> and answers with its <code>challenge</code> as JSON; the reply to this command holds the secret.</p>
<pre tabindex="0"><code>curl -X POST ${apiUrl}/v1/subscriptions -H 'content-type: application/json' -d '{"slug":"${slug}","webhook":"https://example.com/hook"}'</code></pre></div></details></section>`;
}
