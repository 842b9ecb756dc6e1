import { sameSecret } from '../lib/crypto/secret.ts';
import { type Identity, type IdentitySource, OWNER, PERMISSIONS } from './caller.ts';

/** The holder of the key file. Has every permission, cannot be revoked, and needs no engine. */
export function ownerSource(token: string): IdentitySource {
  const owner: Identity = { name: OWNER, tokenId: OWNER, permissions: PERMISSIONS };
  return {
    authenticate: async (credential) => (sameSecret(credential, token) ? owner : undefined),
    current: async (tokenId) => (tokenId === OWNER ? owner : undefined),
  };
}
