/** What a webhook can be told of. A beginning that ends with a dot stands for all that begin so. */
export const KINDS = ['call.ended', 'job.ended', 'request.registered', 'request.moved'] as const
