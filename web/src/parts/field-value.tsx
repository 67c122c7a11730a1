/** One value of a document, in the form that fits its field. */
import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import { kindOf } from '../api/field-kind.ts';
import type { Field, Row } from '../api/shapes.ts';
import { documentAddress } from '../place.ts';
import { StatusBadge } from './status-badge.tsx';
import { instantOf, textOf } from './value-text.ts';

type Props = {
  readonly field: Field;
  /** The document or child row that holds the value. */
  readonly row: Row;
  readonly currency: string | null;
  /** Doctypes whose documents may be opened: a link to any other is text. */
  readonly readable?: ReadonlySet<string>;
};

/** A value; blank ones and values that are not granted say so. */
export function FieldValue({ field, row, currency, readable }: Props) {
  const value = row[field.fieldname];
  if (value === undefined) return <Absent mark="not granted" says="Not granted to you here" />;
  const text = textOf(field, value, { currency });
  if (text === '') return <Absent mark="–" says="Blank" />;
  switch (kindOf(field)) {
    case 'docstatus':
      return <StatusBadge docstatus={value} />;
    case 'date':
      return <time dateTime={String(value)}>{text}</time>;
    case 'datetime':
      return <time dateTime={instantOf(String(value))?.toISOString()}>{text}</time>;
    case 'code':
      return <pre className="desk-code">{text}</pre>;
    case 'long-text':
      return <span className="desk-long-text">{text}</span>;
    case 'link':
    case 'dynamic-link': {
      const target = targetOf(field, row);
      if (target === null || !readable?.has(target)) return text;
      return (
        <Anchor inherit href={documentAddress(target, text)}>
          {text}
        </Anchor>
      );
    }
    default:
      return text;
  }
}

/** The doctype that a link field points to. */
function targetOf(field: Field, row: Row): string | null {
  if (kindOf(field) === 'link') return field.options ?? null;
  const target = row[field.options ?? ''];
  return typeof target === 'string' ? target : null;
}

function Absent({ mark, says }: { readonly mark: string; readonly says: string }) {
  return (
    <Text component="span" c="dimmed" inherit>
      <span aria-hidden="true">{mark}</span>
      <VisuallyHidden>{says}</VisuallyHidden>
    </Text>
  );
}
