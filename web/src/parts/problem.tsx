/** A refusal or failure, with what one can do and what to tell whoever helps. */
import { Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/request.ts';
import { Sentence } from './sentence.tsx';

type Props = {
  readonly error: Error;
  /** Asks again; offered where asking again may help. */
  readonly retry?: (() => void) | undefined;
  /** Further ways on, such as `Why?`. */
  readonly children?: ReactNode;
};

/** Explains an error in the page's own words, then in the server's. */
export function Problem({ error, retry, children }: Props) {
  const { status, code, requestId } = error instanceof ApiError ? error : UNEXPECTED;
  const mayPass = status === 0 || status === 429 || status >= 500;
  return (
    <Paper withBorder p="lg" role="alert">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h3">
          {titleOf(status, code)}
        </Title>
        <Text>
          <Sentence text={error.message} />
        </Text>
        {status === 404 && (
          <Text c="dimmed">
            What does not exist and what nobody granted you look the same here, on purpose.
          </Text>
        )}
        <Group gap="xs">
          {retry && mayPass && <Button onClick={retry}>Try again</Button>}
          {children}
        </Group>
        <Text size="sm" c="dimmed">
          {requestId === null ? (
            <>
              Code <Code>{code}</Code>
            </>
          ) : (
            <>
              Code <Code>{code}</Code>, request <Code>{requestId}</Code>
            </>
          )}
        </Text>
      </Stack>
    </Paper>
  );
}

const UNEXPECTED = { status: 500, code: 'internal', requestId: null } as const;

function titleOf(status: number, code: string): string {
  if (code === 'unknown_doctype') return 'No such doctype';
  if (status === 404) return 'Not found';
  if (status === 403) return 'Not permitted';
  if (status === 400) return 'The question was not understood';
  if (status === 429) return 'Too many questions at once';
  if (status === 0) return 'The server cannot be reached';
  return 'Something went wrong';
}
