/** What the HTTP API says, as far as the Desk reads it. */

export type Flag = 0 | 1 | boolean;

/** A value of a field; child tables are lists of rows. */
export type Value = string | number | boolean | null | readonly Row[] | JsonValue;

export type JsonValue = { readonly [key: string]: unknown } | readonly unknown[];

export type Row = { readonly [field: string]: Value };

/** A doctype that one may read, as the first screen lists it. */
export type DoctypeCard = {
  readonly name: string;
  readonly app: string;
  readonly module?: string | null;
  readonly title_field?: string | null;
  readonly issingle?: Flag;
};

export type Field = {
  readonly fieldname: string;
  readonly fieldtype: string;
  readonly label?: string | null;
  readonly options?: string | null;
  readonly hidden?: Flag;
  readonly in_list_view?: Flag;
  readonly in_standard_filter?: Flag;
  readonly precision?: number | null;
};

/** A doctype as this person may see it: fields that are open nowhere to them are left out. */
export type Doctype = {
  readonly name: string;
  readonly description?: string | null;
  readonly issingle?: Flag;
  readonly is_submittable?: Flag;
  readonly title_field?: string | null;
  readonly sort_field?: string | null;
  readonly sort_order?: 'asc' | 'desc' | null;
  readonly fields: readonly Field[];
};

/** One person of the demo, as the sign-in screen offers them. */
export type Persona = {
  readonly user: string;
  readonly full_name: string;
  readonly holds: string;
};

export type ScopeValue = {
  readonly dimension: string;
  /** A name, `*` or `(blank)`. */
  readonly value: string;
  readonly descendants?: Flag;
};

/** What said yes: a grant with a rule of its role, or a share. */
export type Witness = {
  readonly kind: 'grant' | 'share';
  readonly name: string;
  readonly role?: string | null;
  readonly rule?: string | null;
  readonly scope?: readonly ScopeValue[] | null;
  readonly request?: string | null;
};

export type Missing = { readonly kind: string; readonly detail: string };

export type Explanation = {
  readonly allowed: boolean;
  readonly because: readonly Witness[];
  readonly missing: readonly Missing[];
};
