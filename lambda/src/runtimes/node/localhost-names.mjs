// Makes `localhost` names below it, such as function URLs (`<id>.lambda-url.localhost`), resolve to the loopback
// address, as RFC 6761 section 6.3 asks of every resolver; the C library's does so on some systems only.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const LOOPBACK = /^(?:[^.]+\.)+localhost\.?$/i;

export function resolveLocalhostNames() {
  const lookup = dns.lookup;
  const lookupPromise = dns.promises.lookup;

  dns.lookup = (...request) => {
    const [hostname, options] = request;
    if (typeof hostname !== 'string' || !LOOPBACK.test(hostname)) return lookup.apply(dns, request);
    const answer = request.at(-1);
    const [first] = addresses(options);
    if (options?.all) process.nextTick(answer, null, [first]);
    else process.nextTick(answer, null, first.address, first.family);
    return {};
  };
  dns.promises.lookup = async (...request) => {
    const [hostname, options] = request;
    if (typeof hostname !== 'string' || !LOOPBACK.test(hostname)) {
      return await lookupPromise.apply(dns.promises, request);
    }
    return options?.all ? addresses(options) : addresses(options)[0];
  };
  syncBuiltinESMExports();
}

/** IPv6 only where it alone was asked for: the control room listens on 127.0.0.1. */
function addresses(options) {
  const family = typeof options === 'number' ? options : options?.family;
  return family === 6 || family === 'IPv6'
    ? [{ address: '::1', family: 6 }]
    : [{ address: '127.0.0.1', family: 4 }];
}
