/** Every secret of an installation. It lives in one file of the data directory that only its owner can read. */
export interface Keys {
  /** Bearer token of the API, the CLI and the dashboard's login. */
  token: string;
  /** The key pair that signs Lambda API requests (SigV4). */
  accessKeyId: string;
  secretAccessKey: string;
  /** Lets a sender write signals and product events, and a function read its leases; nothing else. */
  writeKey: string;
  /** Seals dashboard sessions. */
  sessionKey: string;
  /** Signs fault leases: Ed25519, PKCS #8 DER and raw public key, base64url. */
  leasePrivateKey: string;
  leasePublicKey: string;
}

export const KEY_NAMES: readonly (keyof Keys)[] = [
  'token',
  'accessKeyId',
  'secretAccessKey',
  'writeKey',
  'sessionKey',
  'leasePrivateKey',
  'leasePublicKey',
];

/** The keys in a parsed key file, or undefined when one of them is missing or empty. */
export function keysFrom(value: unknown): Keys | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const complete = KEY_NAMES.every((name) => typeof record[name] === 'string' && record[name] !== '');
  return complete ? (record as unknown as Keys) : undefined;
}
