/** An address that leads nowhere. */
import { Anchor, Text } from '@mantine/core';
import { Screen } from '../parts/screen.tsx';

/** Says so, and leads back to the first screen. */
export function UnknownScreen() {
  return (
    <Screen title="There is no such page">
      <Text>
        The address is not one of this page.{' '}
        <Anchor href="#/" underline="always">
          What you may read
        </Anchor>{' '}
        is a good place to go on.
      </Text>
    </Screen>
  );
}
