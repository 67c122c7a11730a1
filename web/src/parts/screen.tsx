/** The frame of every screen: where one is, one heading, what one can do, and the content. */
import { Anchor, Group, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

export type Step = { readonly label: string; readonly address: string };

type Props = {
  readonly title: string;
  /** The screens above this one, outermost first. */
  readonly above?: readonly Step[];
  /** What this screen is called below them; its title, unless that repeats what stands above. */
  readonly here?: string;
  /** Beside the heading: a badge. */
  readonly mark?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** The first screen of a page leaves the focus where the browser puts it, before the skip link. */
let isFirstScreen = true;

/** Names the page after the screen and, on a change of screens, moves the focus to its heading. */
export function Screen({ title, above = [], here = title, mark, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Bailiwick`;
  }, [title]);
  useEffect(() => {
    if (isFirstScreen) isFirstScreen = false;
    else {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <>
      {above.length > 0 && <Trail steps={above} here={here} />}
      <Group justify="space-between" align="center" mb="lg" gap="sm">
        <Group gap="sm" className="desk-heading">
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {mark}
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </>
  );
}

function Trail({ steps, here }: { steps: readonly Step[]; here: string }) {
  return (
    <nav aria-label="Where you are" className="desk-trail">
      <ol>
        {steps.map(({ label, address }) => (
          <li key={address}>
            <Anchor href={address} size="sm">
              {label}
            </Anchor>
          </li>
        ))}
        <li aria-current="page">{here}</li>
      </ol>
    </nav>
  );
}
