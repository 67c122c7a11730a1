/** Which screen is shown: by who is signed in, and by the place. */
import { Container } from '@mantine/core';
import { SignedInContext, useSession } from './api/session.ts';
import { Problem } from './parts/problem.tsx';
import { Screen } from './parts/screen.tsx';
import { Shell } from './parts/shell.tsx';
import type { Place } from './place.ts';
import { DocumentScreen } from './screens/document.tsx';
import { HomeScreen } from './screens/home.tsx';
import { ListScreen } from './screens/list.tsx';
import { SignInScreen } from './screens/sign-in.tsx';
import { UnknownScreen } from './screens/unknown.tsx';
import { usePlace } from './use-place.ts';

/**
 * The whole page. A session's end leaves the place as it is, so that signing in again leads back
 * to it. A place is a component of its own, so that nothing of one document is left on the next.
 */
export function App() {
  const place = usePlace();
  const { data: session, error, refetch } = useSession();
  if (!session) return error ? <Unreachable error={error} retry={() => void refetch()} /> : null;
  if (session.state === 'out') return <SignInScreen ended={session.ended} />;
  return (
    <SignedInContext value={session} key={session.user}>
      <Shell person={session}>
        <PlaceScreen key={keyOf(place)} place={place} />
      </Shell>
    </SignedInContext>
  );
}

function PlaceScreen({ place }: { readonly place: Place }) {
  switch (place.screen) {
    case 'home':
      return <HomeScreen />;
    case 'list':
      return <ListScreen doctype={place.doctype} view={place.view} />;
    case 'document':
      return <DocumentScreen doctype={place.doctype} name={place.name} />;
    case 'unknown':
      return <UnknownScreen />;
  }
}

function Unreachable({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  return (
    <Container component="main" size="sm" py="xl">
      <Screen title="Bailiwick">
        <Problem error={error} retry={retry} />
      </Screen>
    </Container>
  );
}

/** A list that is sorted, filtered or turned to another page is still the same screen. */
function keyOf(place: Place): string {
  if (place.screen === 'list') return JSON.stringify(['list', place.doctype]);
  return JSON.stringify(place);
}
