/** `Why can I see this?`: every witness of an allowed reading, or what is missing. */
import { Alert, Code, Drawer, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useExplanation } from '../api/questions.ts';
import type { Explanation, Missing, Witness } from '../api/shapes.ts';
import { Problem } from './problem.tsx';
import { AUTHORITY, missingTitle, scopeInWords, witnessTitle } from './reasons-in-words.ts';
import { Sentence } from './sentence.tsx';
import { Waiting } from './waiting.tsx';

type Props = {
  readonly doctype: string;
  /** Null: about the doctype as a whole. */
  readonly name: string | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** A drawer that asks only while it is open. Escape closes it and gives the focus back. */
export function WhyPanel({ doctype, name, isOpen, onClose }: Props) {
  const { data, error, refetch } = useExplanation(doctype, name, isOpen);
  return (
    <Drawer.Root opened={isOpen} onClose={onClose} position="right" size="md">
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Body>
          <Group justify="space-between" align="center" mb="xs">
            <Drawer.Title className="desk-panel-title">Why can I see this, or not?</Drawer.Title>
            <Drawer.CloseButton aria-label="Close" />
          </Group>
          <Text c="dimmed" mb="md">
            {name === null ? doctype : `${doctype} ${name}`}
          </Text>
          {error && <Problem error={error} retry={() => void refetch()} />}
          {!error && !data && <Waiting what="the reasons" />}
          {!error && data && <Reasons explanation={data} isOneDocument={name !== null} />}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function Reasons(props: { readonly explanation: Explanation; readonly isOneDocument: boolean }) {
  const { allowed, because, missing } = props.explanation;
  const obstacles = missing.filter(({ kind }) => kind !== AUTHORITY);
  const givers = missing.filter(({ kind }) => kind === AUTHORITY);
  return (
    <Stack gap="md">
      <Alert
        {...(allowed ? { color: 'fern' } : { variant: 'default' })}
        title={verdict(allowed, props.isOneDocument)}
      >
        {summary(allowed, because.length, obstacles.length)}
      </Alert>
      {because.map((witness) => (
        <WitnessCard key={`${witness.name} ${witness.rule}`} witness={witness} />
      ))}
      {obstacles.map((item) => (
        <MissingCard key={`${item.kind} ${item.detail}`} missing={item} />
      ))}
      {givers.length > 0 && <Givers givers={givers} />}
    </Stack>
  );
}

function verdict(allowed: boolean, isOneDocument: boolean): string {
  if (isOneDocument) return allowed ? 'You may read this document' : 'You may not read this';
  return allowed ? 'You may read documents of this kind' : 'Nothing of this kind reaches you';
}

function summary(allowed: boolean, witnesses: number, obstacles: number): string {
  if (allowed && witnesses > 1) return `Each of these ${witnesses} is enough by itself.`;
  if (allowed) return 'If this were taken away, you would no longer see it.';
  if (obstacles > 0) return 'Only what somebody granted is shown. This is what is missing:';
  return 'You hold a role for it, but there is no document within the scope that you were granted.';
}

function Givers({ givers }: { readonly givers: readonly Missing[] }) {
  return (
    <section>
      <Title order={3} size="h4" mb="xs">
        Who could grant it
      </Title>
      <ul className="desk-list">
        {givers.map(({ detail }) => (
          <li key={detail}>
            <Sentence text={detail} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function WitnessCard({ witness }: { readonly witness: Witness }) {
  const { kind, name, rule, scope, request } = witness;
  const phrases = scopeInWords(scope ?? []);
  return (
    <Paper withBorder p="md" component="section">
      <Title order={3} size="h4" mb="xs">
        {witnessTitle(witness)}
      </Title>
      <dl className="desk-reasons">
        {kind === 'grant' && (
          <Reason term="Within">
            {phrases.length === 0 ? (
              'no scope: only what no dimension divides'
            ) : (
              <ul>
                {phrases.map((phrase) => (
                  <li key={phrase}>{phrase}</li>
                ))}
              </ul>
            )}
          </Reason>
        )}
        <Reason term={kind === 'share' ? 'By share' : 'By grant'}>
          <Code>{name}</Code>
        </Reason>
        {rule && (
          <Reason term="By rule">
            <Code>{rule}</Code>
          </Reason>
        )}
        {request && (
          <Reason term="Asked for in">
            <Code>{request}</Code>
          </Reason>
        )}
      </dl>
    </Paper>
  );
}

function Reason({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MissingCard({ missing }: { readonly missing: Missing }) {
  return (
    <Paper withBorder p="md" component="section">
      <Title order={3} size="h4" mb="xs">
        {missingTitle(missing)}
      </Title>
      <Text>
        <Sentence text={missing.detail} />
      </Text>
    </Paper>
  );
}
