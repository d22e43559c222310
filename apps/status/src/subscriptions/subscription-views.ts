import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { Site } from "../views/layout.ts";

/** Behind the link of the first mail: opening it does nothing, the button does. */
export function confirmView(site: Pick<Site, "apiUrl">, token: string): Html {
  return html`<h1>Confirm your subscription</h1>
<p class="lead">Press the button and mails about incidents begin, as the mail that brought you here says.</p>
<form method="post" action="${site.apiUrl}/v1/subscriptions/confirm">
<input type="hidden" name="token" value="${token}">
<button type="submit">Yes, write to me</button>
</form>
<p class="faint">If you did not ask for this, close this page: without you nothing is sent.</p>`;
}

/** Behind the link at the end of every mail. */
export function endView(site: Pick<Site, "apiUrl">, token: string): Html {
  return html`<h1>End your subscription</h1>
<p class="lead">We forget your address at once.</p>
<form method="post" action="${site.apiUrl}/v1/subscriptions/end">
<input type="hidden" name="token" value="${token}"><input type="hidden" name="from-page" value="1">
<button type="submit">Write to me no more</button>
</form>`;
}

const DONE = {
  confirmed: ["Subscribed", "You will get a mail when there is an incident, and when it is over."],
  expired: [
    "This link does not work any more",
    "It was used already, a newer one was mailed, or it is older than 24 hours. Subscribe again on the status page to get a new one.",
  ],
  ended: ["Unsubscribed", "Your address is forgotten. No more mails about this come to it."],
  unavailable: ["Not done", "It could not be done right now. Please open the link again in a few minutes."],
} as const;
export type SubscriptionOutcome = keyof typeof DONE;

/** Reads the word that the API puts behind `?outcome=`; anything else reads as not done. */
export function parseSubscriptionOutcome(word: string | undefined): SubscriptionOutcome {
  return word !== undefined && Object.hasOwn(DONE, word) ? (word as SubscriptionOutcome) : "unavailable";
}

export function doneView(outcome: SubscriptionOutcome): Html {
  const [title, sentence] = DONE[outcome];
  return html`<div class="empty"><h1>${title}</h1><p role="status">${sentence}</p><p><a href="/">To the board</a></p></div>`;
}
