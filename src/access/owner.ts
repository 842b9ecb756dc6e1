import { sameSecret } from '../lib/crypto/secret.ts';
import { type Identity, type IdentitySource, OWNER, PERMISSIONS } from './caller.ts';

export const ownerIdentity: Identity = { name: OWNER, tokenId: OWNER, permissions: PERMISSIONS };

/** The holder of the key file. Has every permission, cannot be revoked, and needs no engine. */
export function ownerSource(token: string): IdentitySource {
  return {
    authenticate: async (credential) => (sameSecret(credential, token) ? ownerIdentity : undefined),
    current: async (tokenId) => (tokenId === OWNER ? ownerIdentity : undefined),
  };
}
