/** What text each kind of text field takes: how long, and in which form. */
import type { Field } from './definition.ts';
import { kindOf, selectOptions } from './field-kind.ts';
import { ValueError } from './value-error.ts';

/** Characters of a line or a name where the field sets no length of its own. */
export const LINE_CHARACTERS = 140;
const TEXT_BYTES_MAX = 64 * 1024;
const LONG_TEXT_BYTES_MAX = 1024 * 1024;

/** Forms that a Data field may ask for in its options. The last three are labels only. */
export const DATA_FORMS = ['Email', 'URL', 'Phone', 'Name', 'Barcode', 'IBAN'] as const;

/** Throws `ValueError` where the text is too long for the field or not of its form. */
export function checkText(field: Field, text: string): void {
  checkLength(field, text);
  const form = field.fieldtype === 'Data' ? field.options : field.fieldtype;
  if (form === 'Select' && !selectOptions(field).includes(text)) {
    throw new ValueError(field.fieldname, 'must be one of its options.');
  }
  if (form === 'Email' && !isEmail(text)) {
    throw new ValueError(field.fieldname, 'takes an e-mail address such as ann@example.com.');
  }
  if (form === 'URL' && !isWebAddress(text)) {
    throw new ValueError(field.fieldname, 'takes an address that starts with http:// or https://.');
  }
  if (form === 'Phone' && !isPhone(text)) {
    throw new ValueError(field.fieldname, 'takes a phone number such as +44 113 496 0000.');
  }
  if (form === 'Color' && !/^#[0-9a-fA-F]{6}$/.test(text)) {
    throw new ValueError(field.fieldname, 'takes a colour such as #1a2b3c.');
  }
}

function checkLength(field: Field, text: string): void {
  const kind = kindOf(field);
  const short = kind === 'line' || kind === 'name';
  const characters = field.length ?? (short ? LINE_CHARACTERS : null);
  if (characters !== null && longerThan(text, characters)) {
    throw new ValueError(field.fieldname, `takes at most ${characters} characters.`);
  }
  const bytes = kind === 'long-text' ? LONG_TEXT_BYTES_MAX : TEXT_BYTES_MAX;
  // UTF-8 takes at most three bytes for each of JavaScript's characters.
  if (3 * text.length > bytes && new TextEncoder().encode(text).length > bytes) {
    throw new ValueError(field.fieldname, `takes at most ${bytes / 1024} KiB of text.`);
  }
}

/** Counts characters as PostgreSQL does, not halves of surrogate pairs; hardly ever has to. */
function longerThan(text: string, characters: number): boolean {
  if (text.length <= characters) return false;
  return text.length > 2 * characters || [...text].length > characters;
}

function isEmail(text: string): boolean {
  const parts = text.split('@');
  const [local = '', domain = ''] = parts;
  const clean = !/[\s<>(),;:"\\[\]\p{Cc}]/u.test(text);
  return clean && parts.length === 2 && local !== '' && /^[^.]+(?:\.[^.]+)+$/.test(domain);
}

/** Only web addresses: `javascript:` and its like must not come to stand behind a link. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>"\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}

function isPhone(text: string): boolean {
  return /^[0-9+\-_,.*#()/ ]{2,30}$/.test(text) && /[0-9]/.test(text);
}
