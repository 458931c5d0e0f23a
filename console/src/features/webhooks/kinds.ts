/** What a webhook can be told of; empty: all of it. */
export const KINDS = ['call.began', 'call.told', 'call.ended', 'gateway'] as const
