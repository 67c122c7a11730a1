/** What of a document search looks at, in parts that are open or closed as a whole. */
import { type Doctype, isColumn } from './definition.ts';
import { columnOf, sensitivityOf } from './table-name.ts';

/**
 * Fields that are searched together. `name` is open to whoever reaches the document; the title and
 * the other fields where their level is.
 */
export type SearchPart = {
  readonly kind: 'name' | 'title' | 'fields';
  /** Null for the name. */
  readonly level: number | null;
  readonly fields: readonly string[];
};

/**
 * The parts of a doctype: its name, its title, and of each level the fields of `search_fields` that
 * hold words, whole numbers or dates. None for rows, for singles, and for logs, which only grow.
 * INVARIANT (secrets-stay): a secret is in no part.
 */
export function searchPartsOf(doctype: Doctype): readonly SearchPart[] {
  if (doctype.istable || doctype.issingle || doctype.append_only) return [];
  // What belongs to others is read by their policies, which the entries do not know.
  if (doctype.governed_by) return [];
  const title = levelOf(doctype, doctype.title_field);
  const parts: SearchPart[] = [{ kind: 'name', level: null, fields: ['name'] }];
  if (title !== null && doctype.title_field !== undefined) {
    parts.push({ kind: 'title', level: title, fields: [doctype.title_field] });
  }
  const others = (doctype.search_fields ?? []).filter((name) => name !== doctype.title_field);
  const byLevel = new Map<number, string[]>();
  for (const name of others) {
    const level = levelOf(doctype, name);
    if (level !== null) byLevel.set(level, [...(byLevel.get(level) ?? []), name]);
  }
  for (const [level, fields] of [...byLevel].sort(([a], [b]) => a - b)) {
    parts.push({ kind: 'fields', level, fields });
  }
  return parts;
}

/** The level of a field that can be searched, or null. */
function levelOf({ fields }: Doctype, name: string | undefined): number | null {
  const field = fields.find(({ fieldname }) => fieldname === name);
  if (!field || !isColumn(field) || sensitivityOf(field) === 'secret') return null;
  const type = columnOf(field);
  return type === 'text' || type === 'bigint' || type === 'date' ? (field.level ?? 0) : null;
}

/** The column of the entries that holds a part's words. No field's name begins so. */
export function searchColumn({ kind, level }: SearchPart): string {
  return kind === 'fields' ? `bw__level_${level}` : `bw__${kind}`;
}
