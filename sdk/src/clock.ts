/**
 * The originals of the platform's time functions, taken at load: a clock that the customer's code (or a fault) bends
 * later must not bend the life of a lease.
 */

/** Wall-clock milliseconds since the Unix epoch. */
export const wallNow: () => number = Date.now;

/** Monotonic milliseconds from an arbitrary origin. */
export const monotonicNow: () => number = performance.now.bind(performance);

export const startTimer = globalThis.setTimeout;
export const stopTimer = globalThis.clearTimeout;
export const soon = globalThis.setImmediate;
