import { useCallback, useEffect, useState } from 'react';
import { ApiError, asApiError, call, logIn, logOut, onUnauthenticated } from './api.ts';

export type Session =
  | { state: 'unknown' }
  | { state: 'out'; error: ApiError | null }
  | { state: 'in'; name: string };

/** The token that the start-up link `/#token=…` carries, or undefined. */
export function tokenOf(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token');
  return token === null || token === '' ? undefined : token;
}

/** Who is logged in. On the first render a token in the address is used and taken out of the address. */
export function useSession() {
  const [session, setSession] = useState<Session>({ state: 'unknown' });

  const check = useCallback(async () => {
    try {
      const { name } = await call('showSession', {});
      setSession({ state: 'in', name });
    } catch (error) {
      const known = asApiError(error);
      setSession({ state: 'out', error: known.status === 401 ? null : known });
    }
  }, []);

  const login = useCallback(
    async (token: string) => {
      try {
        await logIn(token);
        await check();
      } catch (error) {
        setSession({ state: 'out', error: asApiError(error) });
      }
    },
    [check],
  );

  const logout = useCallback(async () => {
    await logOut().catch(() => {});
    setSession({ state: 'out', error: null });
  }, []);

  useEffect(() => {
    const token = tokenOf(window.location.hash);
    if (token === undefined) void check();
    else {
      window.history.replaceState(null, '', window.location.pathname + window.location.search);
      void login(token);
    }
  }, [check, login]);

  useEffect(() => onUnauthenticated(() => setSession({ state: 'out', error: sessionOver })), []);

  return { session, login, logout };
}

const sessionOver = new ApiError(
  401,
  'Your session is over',
  'Your session is over: log in again with the token.',
);
