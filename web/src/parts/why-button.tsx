/** The button that opens `Why can I see this?`, together with its panel. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { WhyPanel } from './why-panel.tsx';

type Props = {
  readonly doctype: string;
  readonly name?: string;
  readonly children: string;
};

/** Opens the panel about a document or, without a name, about a doctype. */
export function WhyButton({ doctype, name, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {children}
      </Button>
      <WhyPanel
        doctype={doctype}
        name={name ?? null}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
