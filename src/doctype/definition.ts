/**
 * What a doctype is. One shape for the files of the apps, the database's copy and the wire.
 *
 * Keys are Frappe's where Frappe has one (`fieldname`, `reqd`, `fetch_from`), so that people and
 * importers who know DocType JSON can read it; ours are `level`, `sensitivity`, `after_submit`
 * and `dimension_paths`.
 */

export type Sensitivity = 'none' | 'personal' | 'secret';

/** A field of a doctype. A missing key means its zero: not required, level 0, and so on. */
export type Field = {
  readonly fieldname: string;
  readonly fieldtype: FieldType;
  /** What it was called in an earlier definition: its values go on under the new name. */
  readonly renamed_from?: string;
  readonly label?: string;
  /** Link: the doctype. Table: the child doctype. Select: lines. Dynamic Link: a fieldname. */
  readonly options?: string;
  readonly reqd?: boolean;
  readonly unique?: boolean;
  readonly read_only?: boolean;
  readonly hidden?: boolean;
  readonly default?: string;
  /** `link_field.source_field`: the value is copied from the linked document. */
  readonly fetch_from?: string;
  readonly fetch_if_empty?: boolean;
  /** Permission level 0 to 9: a rule names the levels it opens. */
  readonly level?: number;
  readonly sensitivity?: Sensitivity;
  readonly set_only_once?: boolean;
  readonly no_copy?: boolean;
  /** May still be changed after submit. Amounts, parties, dates and links cannot be. */
  readonly after_submit?: boolean;
  readonly in_list_view?: boolean;
  readonly in_standard_filter?: boolean;
  readonly search_index?: boolean;
  readonly precision?: number;
  readonly length?: number;
  readonly non_negative?: boolean;
  /** Conditions in the safe expression language (`expression.ts`). */
  readonly depends_on?: string;
  readonly mandatory_depends_on?: string;
  readonly read_only_depends_on?: string;
  readonly description?: string;
};

/** Types that hold a value in a column of their own. */
export const COLUMN_TYPES = [
  'Attach',
  'Attach Image',
  'Autocomplete',
  'Barcode',
  'Check',
  'Code',
  'Color',
  'Currency',
  'Data',
  'Date',
  'Datetime',
  'Duration',
  'Dynamic Link',
  'Float',
  'Geolocation',
  'HTML Editor',
  'Icon',
  'Int',
  'JSON',
  'Link',
  'Long Int',
  'Long Text',
  'Markdown Editor',
  'Password',
  'Percent',
  'Phone',
  'Rating',
  'Read Only',
  'Select',
  'Signature',
  'Small Text',
  'Text',
  'Text Editor',
  'Time',
] as const;

/** Types whose value is a list of child rows. */
export const TABLE_TYPES = ['Table', 'Table MultiSelect'] as const;

/** Types that only shape a form. */
export const LAYOUT_TYPES = [
  'Button',
  'Column Break',
  'Fold',
  'Heading',
  'HTML',
  'Image',
  'Section Break',
  'Tab Break',
] as const;

export type FieldType =
  | (typeof COLUMN_TYPES)[number]
  | (typeof TABLE_TYPES)[number]
  | (typeof LAYOUT_TYPES)[number];

/**
 * Where a doctype carries a dimension: `path` is a link field of its own, `name` where the
 * document is the dimension's value itself, or `table_field.column` where its rows carry it. Of
 * rows every one has to be covered, and no rows at all count as blank.
 */
export type DimensionPath = { readonly dimension: string; readonly path: string };

/**
 * Of a doctype whose documents belong to others: comments, attachments. Nobody is granted anything
 * of it. Each document names the one that it belongs to, and is decided by that one alone: it is
 * read by whoever may read that one.
 */
export type Governance = {
  /** Data fields that name the doctype and the document that it belongs to; set once. */
  readonly doctype_field: string;
  readonly name_field: string;
  /** What one has to be able to do with that document to add something to it. */
  readonly add: 'read' | 'write';
  /**
   * Fields that name who may change or remove it while they read that document, `owner` among
   * them. Without any: whoever may write that document.
   */
  readonly changed_by?: readonly string[];
  /** A Data field that names a field of that document: its level has to be open as well. */
  readonly field_field?: string;
};

/**
 * A doctype's definition.
 *
 * `autoname` follows Frappe: `field:x`, `naming_series:`, `prompt`, `hash`, `autoincrement`,
 * `format:INV-{YYYY}-{#####}`, `INV-.YYYY.-.#####`. Missing means `hash`.
 */
export type Doctype = {
  readonly name: string;
  /** The app that declares it, or `imported`. */
  readonly app: string;
  readonly module?: string;
  readonly description?: string;
  readonly istable?: boolean;
  readonly issingle?: boolean;
  readonly is_tree?: boolean;
  /** Tree doctypes: the link field that names the parent node. */
  readonly parent_field?: string;
  readonly is_submittable?: boolean;
  readonly autoname?: string;
  readonly title_field?: string;
  readonly search_fields?: readonly string[];
  readonly sort_field?: string;
  readonly sort_order?: 'asc' | 'desc';
  /** Other doctypes may name it as a dimension. */
  readonly is_dimension?: boolean;
  readonly dimension_paths?: readonly DimensionPath[];
  /** Reading its documents is itself written to the audit log before the answer leaves. */
  readonly audit_reads?: boolean;
  /** Documents are added and never changed or deleted, by nobody. */
  readonly append_only?: boolean;
  /** Its documents may be renamed, and merged. */
  readonly allow_rename?: boolean;
  /** Its documents decide about access; every change to one goes by granting authority. */
  readonly is_permission_record?: boolean;
  /** Its documents belong to others, and are decided by those. */
  readonly governed_by?: Governance;
  readonly fields: readonly Field[];
};

/** Columns every document has, before its own fields. */
export const STANDARD_FIELDS = [
  'name',
  'owner',
  'creation',
  'modified',
  'modified_by',
  'docstatus',
] as const;

/** Names a field of a definition may not take: columns that the store adds itself. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  ...STANDARD_FIELDS,
  'id',
  'idx',
  'parent',
  'parenttype',
  'parentfield',
  'parent_id',
  'cell_id',
  'child_dimensions',
  'version',
  'doctype',
  // Columns that PostgreSQL gives to every table.
  'tableoid',
  'xmin',
  'cmin',
  'xmax',
  'cmax',
  'ctid',
]);

// Asked of every field of every document: a set, as a search of the lists shows in profiles.
const COLUMNS: ReadonlySet<string> = new Set(COLUMN_TYPES);
const TABLES: ReadonlySet<string> = new Set(TABLE_TYPES);

/** A form value in a column, as opposed to child rows or layout. */
export function isColumn(field: Field): boolean {
  return COLUMNS.has(field.fieldtype);
}

/** A field whose value is a list of child rows. */
export function isTable(field: Field): boolean {
  return TABLES.has(field.fieldtype);
}
