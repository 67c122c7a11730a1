/** What stands around every screen of somebody signed in: skip link, header, main part. */
import { Anchor, Button, Container, Group, Text } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { type SignedIn, useSignInAndOut } from '../api/session.ts';
import { goTo } from '../use-place.ts';
import { Wordmark } from './wordmark.tsx';

type Props = { readonly person: SignedIn; readonly children: ReactNode };

/** The header with the person's name, and the main part of the page. */
export function Shell({ person, children }: Props) {
  const main = useRef<HTMLElement>(null);
  return (
    <>
      {/* A button: the part of the address behind `#` is the place, not an element. */}
      <button type="button" className="desk-skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="desk-header">
        <Container size="xl" className="desk-header-row">
          <Anchor href="#/" underline="never" className="desk-home">
            <Wordmark />
          </Anchor>
          <Person person={person} />
        </Container>
      </header>
      <main ref={main} tabIndex={-1}>
        <Container size="xl" py="xl">
          {children}
        </Container>
      </main>
    </>
  );
}

function Person({ person }: { readonly person: SignedIn }) {
  const { signOut } = useSignInAndOut();
  const [hasFailed, setFailed] = useState(false);
  const leave = () => {
    signOut().then(
      () => goTo('#/'),
      () => setFailed(true),
    );
  };
  return (
    <Group gap="md" wrap="nowrap" className="desk-person-row">
      <div className="desk-person">
        <Text size="sm" fw={600} truncate>
          {person.fullName}
        </Text>
        {person.fullName !== person.user && (
          <Text size="xs" c="dimmed" truncate>
            {person.user}
          </Text>
        )}
      </div>
      <Button variant="default" size="xs" onClick={leave} className="desk-sign-out">
        Sign out
      </Button>
      {hasFailed && (
        <Text role="alert" size="sm" c="red">
          Signing out did not work. Try again.
        </Text>
      )}
    </Group>
  );
}
