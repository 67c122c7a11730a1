/** Draft, submitted or cancelled: in words, and in colour for whoever sees it. */
import { Badge } from '@mantine/core';
import type { Value } from '../api/shapes.ts';
import { DOCSTATUS_WORDS } from './value-text.ts';

const COLOURS = ['gray', 'fern', 'red'] as const;

/** A docstatus. Anything but 0, 1 and 2 shows nothing. */
export function StatusBadge({ docstatus }: { readonly docstatus: Value | undefined }) {
  const word = typeof docstatus === 'number' ? DOCSTATUS_WORDS[docstatus] : undefined;
  if (word === undefined) return null;
  return (
    <Badge variant="light" color={COLOURS[Number(docstatus)] ?? 'gray'} className="desk-badge">
      {word}
    </Badge>
  );
}
