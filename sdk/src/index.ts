/**
 * Upstack inside a function: one span per invocation, who it was for, which arm they are in, the faults of a valid
 * lease, and product events. Nothing here throws into the customer's code or waits for the network.
 */
export { currentArm, currentUnit, type Identity, identify, track } from './telemetry/track.ts';
export { type Handler, type UpstackOptions, withUpstack } from './wrap-handler.ts';
