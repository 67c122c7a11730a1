/** Who is signed in, and what happens when the session ends. */
import { QueryCache, QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { loggedUser, signIn, signOut } from './calls.ts';
import { ApiError } from './request.ts';

export type SignedIn = { readonly user: string; readonly fullName: string };

/** `ended`: somebody was signed in on this page before. */
export type Session =
  | ({ readonly state: 'in' } & SignedIn)
  | { readonly state: 'out'; readonly ended: boolean };

const SESSION_KEY = ['session'] as const;

/** A session is looked at again after this time, and whenever the window gets the focus. */
const RECHECK_MS = 60_000;

/** The one store of answers. It notices by any answer that the session may have ended. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] === SESSION_KEY[0] || !(error instanceof ApiError)) return;
        // Without a session one is a guest, to whom a doctype is missing: 404 may mean that, too.
        if ([401, 403, 404].includes(error.status)) {
          client.invalidateQueries({ queryKey: SESSION_KEY }).catch(() => {});
        }
      },
    }),
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < 1 && error instanceof ApiError && (error.status === 0 || error.status === 503),
        retryDelay: 500,
      },
    },
  });
  return client;
}

/** The session; `data` is missing while it is first asked for. */
export function useSession() {
  const client = useQueryClient();
  return useQuery<Session>({
    queryKey: SESSION_KEY,
    queryFn: async () => {
      const before = client.getQueryData<Session>(SESSION_KEY);
      try {
        const { message: user, full_name: named } = await loggedUser();
        const known = before?.state === 'in' && before.user === user ? before.fullName : user;
        return { state: 'in', user, fullName: named ?? known };
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        const ended = before?.state === 'in' || (before?.state === 'out' && before.ended);
        return { state: 'out', ended };
      }
    },
    staleTime: RECHECK_MS,
    refetchInterval: RECHECK_MS,
  });
}

/** Signing in and out. Both leave no answer of the person before in the store. */
export function useSignInAndOut() {
  const client = useQueryClient();
  const become = (session: Session) => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    client.setQueryData<Session>(SESSION_KEY, session);
  };
  return {
    signIn: async (user: string, password: string): Promise<void> => {
      const fullName = await signIn(user, password);
      become({ state: 'in', user, fullName });
    },
    signOut: async (): Promise<void> => {
      await signOut();
      become({ state: 'out', ended: false });
    },
  };
}

export const SignedInContext = createContext<SignedIn | null>(null);

/** The person whose screen this is. Throws outside a signed-in part of the page. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === null) throw new Error('this part of the page needs somebody signed in');
  return signedIn;
}
