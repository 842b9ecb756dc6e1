import { functionUrlId } from './function-urls.ts';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Whether a Host header names loopback or a function URL: a web page of another name must not reach the API. */
export function isLoopbackHost(hostHeader: string | undefined): boolean {
  return LOOPBACK.test(hostHeader ?? '') || functionUrlId(hostHeader) !== undefined;
}
