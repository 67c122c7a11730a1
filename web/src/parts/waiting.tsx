/** Shown while an answer is on its way. */
import { Group, Loader, Text } from '@mantine/core';

/** Says what is waited for, to eyes and to screen readers. */
export function Waiting({ what }: { readonly what: string }) {
  return (
    <Group role="status" gap="sm" py="xl">
      <Loader size="sm" aria-hidden="true" />
      <Text c="dimmed">Loading {what}…</Text>
    </Group>
  );
}
