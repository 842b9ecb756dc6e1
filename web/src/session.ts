import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { type Answer, ApiError, asApiError, call, logIn, logOut, onUnauthenticated } from './api.ts';
import { forgetAnswers } from './resource.ts';

/** Who is logged in, and what they may do. */
export type Caller = Answer<'showSession'>;
export type Permission = Caller['permissions'][number];

export type Session =
  | { state: 'unknown' }
  | { state: 'out'; error: ApiError | null }
  | { state: 'in'; caller: Caller };

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
      const caller = await call('showSession', {});
      setSession({ state: 'in', caller });
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

  useEffect(() => {
    if (session.state === 'out') forgetAnswers();
  }, [session.state]);

  return { session, login, logout };
}

export const CallerContext = createContext<Caller>({ name: '', permissions: [] });

/** Who is logged in. Only inside the shell. */
export function useCaller(): Caller {
  return useContext(CallerContext);
}

const sessionOver = new ApiError(
  401,
  'Your session has ended',
  'It expired, or its token was revoked: log in again with a token.',
);
