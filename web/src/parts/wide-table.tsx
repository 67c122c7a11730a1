/** A table that scrolls sideways inside its own frame, so that the page never does. */
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  readonly label: string;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
};

/** The frame can have the focus: arrow keys then scroll it. */
export function WideTable({ label, isBusy = false, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="desk-wide" aria-label={`Table: ${label}`} tabIndex={0}>
      <Table highlightOnHover aria-label={label} aria-busy={isBusy} verticalSpacing="xs">
        {children}
      </Table>
    </section>
  );
}
