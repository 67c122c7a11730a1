/** Signing in; in the demo, with its people to choose from. */
import {
  Alert,
  Button,
  Container,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
  UnstyledButton,
} from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { usePersonas } from '../api/questions.ts';
import { ApiError } from '../api/request.ts';
import { useSignInAndOut } from '../api/session.ts';
import type { Persona } from '../api/shapes.ts';
import { Screen } from '../parts/screen.tsx';
import { Wordmark } from '../parts/wordmark.tsx';

/** `ended`: a session was open on this page, and the place it was at will be shown again. */
export function SignInScreen({ ended }: { readonly ended: boolean }) {
  const { data: personas } = usePersonas();
  const isDemo = personas !== undefined && personas.length > 0;
  const [user, setUser] = useState('');
  const password = useRef<HTMLInputElement>(null);
  const choose = (persona: Persona) => {
    setUser(persona.user);
    password.current?.focus();
  };
  return (
    <main className="desk-sign-in">
      <Container size={isDemo ? 'md' : 'xs'} py="xl">
        <div className="desk-sign-in-mark">
          <Wordmark />
        </div>
        <Screen title="Sign in">
          {ended && (
            <Alert variant="default" title="Your session has ended" mb="lg">
              Sign in again to go on where you were.
            </Alert>
          )}
          <div className={isDemo ? 'desk-sign-in-demo' : ''}>
            <SignInForm user={user} onUser={setUser} password={password} isDemo={isDemo} />
            {isDemo && <People personas={personas} chosen={user} onChoose={choose} />}
          </div>
        </Screen>
      </Container>
    </main>
  );
}

type FormProps = {
  readonly user: string;
  readonly onUser: (user: string) => void;
  readonly password: React.RefObject<HTMLInputElement | null>;
  readonly isDemo: boolean;
};

function SignInForm({ user, onUser, password, isDemo }: FormProps) {
  const { signIn } = useSignInAndOut();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    signIn(user, password.current?.value ?? '').catch((error: unknown) => {
      setBusy(false);
      setProblem(error instanceof ApiError ? error.message : 'Signing in did not work.');
      password.current?.select();
      password.current?.focus();
    });
  };
  return (
    <Paper withBorder p="lg" component="form" onSubmit={send} aria-label="Sign in">
      <Stack gap="md">
        <TextInput
          label="E-mail address"
          name="usr"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={user}
          onChange={(event) => onUser(event.currentTarget.value)}
        />
        <TextInput
          label="Password"
          name="pwd"
          type="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          ref={password}
          {...(isDemo
            ? { description: 'One for all people of the demo. It was printed at the start.' }
            : {})}
        />
        {problem !== null && (
          <Alert color="red" role="alert" title="Not signed in">
            {problem}
          </Alert>
        )}
        <Button type="submit" loading={isBusy}>
          Sign in
        </Button>
      </Stack>
    </Paper>
  );
}

type PeopleProps = {
  readonly personas: readonly Persona[];
  readonly chosen: string;
  readonly onChoose: (persona: Persona) => void;
};

function People({ personas, chosen, onChoose }: PeopleProps) {
  return (
    <section aria-labelledby="people">
      <Title order={2} size="h4" id="people" mb={4}>
        People of the demo
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Choose one to fill in their address. Each sees only what they were granted.
      </Text>
      <ul className="desk-people">
        {personas.map((persona) => (
          <li key={persona.user}>
            <UnstyledButton
              className="desk-persona"
              aria-pressed={persona.user === chosen}
              onClick={() => onChoose(persona)}
            >
              <Text component="span" display="block" fw={600}>
                {persona.full_name}
              </Text>
              <Text component="span" display="block" size="sm">
                {persona.user}
              </Text>
              <Text component="span" display="block" size="sm" c="dimmed">
                {persona.holds}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
