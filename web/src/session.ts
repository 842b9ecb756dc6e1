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

/** The token in the start-up link `/#token=…`, or undefined. */
export function tokenOf(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token');
  return token === null || token === '' ? undefined : token;
}

/** The session and its changes. The first render logs in with a token in the address and removes it from there. */
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

  useEffect(() => onUnauthenticated(() => setSession({ state: 'out', error: SESSION_ENDED })), []);

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

const SESSION_ENDED = new ApiError(
  401,
  'Your session has ended',
  'It expired, or its token was revoked: log in again with a token.',
);
