/** The first screen: the doctypes that one may read, by app. */
import { Anchor, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useDoctypes } from '../api/questions.ts';
import type { DoctypeCard } from '../api/shapes.ts';
import { Problem } from '../parts/problem.tsx';
import { Screen } from '../parts/screen.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { documentAddress, listAddress } from '../place.ts';

/** Lists what is readable, and nothing of what is not. */
export function HomeScreen() {
  const { data, error, refetch } = useDoctypes();
  return (
    <Screen title="What you may read">
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!error && !data && <Waiting what="your doctypes" />}
      {!error && data && (data.length === 0 ? <NothingGranted /> : <Doctypes doctypes={data} />)}
    </Screen>
  );
}

function NothingGranted() {
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h3" mb="xs">
        Nothing has been granted to you
      </Title>
      <Text>
        You are signed in, but hold no role that reads business records. Whoever manages permissions
        in your company can grant you one.
      </Text>
    </Paper>
  );
}

function Doctypes({ doctypes }: { readonly doctypes: readonly DoctypeCard[] }) {
  const [sought, setSought] = useState('');
  const words = sought.trim().toLowerCase();
  const found = doctypes.filter(({ name }) => name.toLowerCase().includes(words));
  const apps = [...Map.groupBy(found, ({ app }) => app)];
  return (
    <Stack gap="lg">
      <TextInput
        label="Filter by name"
        type="search"
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
        maw={360}
      />
      <Text role="status" size="sm" c="dimmed">
        {found.length === 1 ? '1 doctype' : `${found.length} doctypes`}
      </Text>
      {apps.map(([app, members]) => (
        <section key={app} aria-labelledby={`app-${app}`}>
          <Title order={2} size="h3" id={`app-${app}`} mb="sm">
            {app.charAt(0).toUpperCase() + app.slice(1)}
          </Title>
          <ul className="desk-doctypes">
            {members
              .toSorted((one, other) => one.name.localeCompare(other.name))
              .map(({ name, issingle }) => (
                <li key={name}>
                  <Anchor href={issingle ? documentAddress(name, name) : listAddress(name)}>
                    {name}
                  </Anchor>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Stack>
  );
}
