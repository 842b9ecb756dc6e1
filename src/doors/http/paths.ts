/** What the HTTP door serves beside the operations. Plain values: the dashboard imports them. */

/** Server-sent events, `live/messages.ts`. */
export const STREAM_PATH = '/api/stream';
/** POST logs in, with a token; DELETE logs out. */
export const SESSION_PATH = '/api/session';
