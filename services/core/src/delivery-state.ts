/** `folded`: a digest or a notice tells of it instead. `cancelled`: it was no longer worth sending. */
export const DELIVERY_STATES = ["pending", "sent", "failed", "folded", "cancelled"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * What was decided about one alert and one sink. `send`: a delivery was made. `fold`: it goes into a digest or under a
 * notice. `mute`: a window, a person or an acknowledgement keeps it back. `skip`: nobody asked for it there.
 */
export const ALERT_VERDICTS = ["send", "fold", "mute", "skip"] as const;
export type AlertVerdict = (typeof ALERT_VERDICTS)[number];
