/** One document: its fields in sections, its child tables, and why one may read it. */
import { Paper, Stack, Title } from '@mantine/core';
import { isTable, kindOf, labelOf } from '../api/field-kind.ts';
import { currencyField } from '../api/list-question.ts';
import { useDoctype, useDoctypes, useDocument } from '../api/questions.ts';
import { ApiError } from '../api/request.ts';
import type { Doctype, Field, Row, Value } from '../api/shapes.ts';
import { ChildTable } from '../parts/child-table.tsx';
import { FieldValue } from '../parts/field-value.tsx';
import { Problem } from '../parts/problem.tsx';
import { Screen, type Step } from '../parts/screen.tsx';
import { type Section, sectionsOf } from '../parts/sections.ts';
import { StatusBadge } from '../parts/status-badge.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { WhyButton } from '../parts/why-button.tsx';
import { listAddress } from '../place.ts';

type Props = { readonly doctype: string; readonly name: string };

/** A document that is hidden and one that is missing give the same screen. */
export function DocumentScreen({ doctype, name }: Props) {
  const meta = useDoctype(doctype);
  const document = useDocument(doctype, name);
  const error = meta.error ?? document.error;
  const isSingle = doctype === name;
  const above: Step[] = [{ label: 'What you may read', address: '#/' }];
  if (!isSingle && !meta.error) above.push({ label: doctype, address: listAddress(doctype) });
  const isSubmittable = !error && meta.data?.is_submittable;
  return (
    <Screen
      title={isSingle ? doctype : `${doctype} ${name}`}
      above={above}
      here={name}
      mark={isSubmittable ? <StatusBadge docstatus={document.data?.['docstatus']} /> : null}
      actions={
        !error &&
        document.data && (
          <WhyButton doctype={doctype} name={name}>
            Why can I see this?
          </WhyButton>
        )
      }
    >
      {error && (
        <Problem error={error} retry={() => void Promise.all([meta.refetch(), document.refetch()])}>
          {error instanceof ApiError && error.code === 'not_found' && (
            <WhyButton doctype={doctype} name={name}>
              Why?
            </WhyButton>
          )}
        </Problem>
      )}
      {!error && !(meta.data && document.data) && <Waiting what={name} />}
      {!error && meta.data && document.data && (
        <Sections doctype={meta.data} document={document.data} />
      )}
    </Screen>
  );
}

function Sections({ doctype, document }: { readonly doctype: Doctype; readonly document: Row }) {
  const { data: cards } = useDoctypes();
  const readable = new Set(cards?.map(({ name }) => name));
  const currencyName = currencyField(doctype);
  const named = currencyName === null ? null : document[currencyName];
  const currency = typeof named === 'string' ? named : null;
  return (
    <Stack gap="lg">
      {sectionsOf(doctype.fields).map((section) => (
        <Paper
          withBorder
          p="lg"
          component="section"
          key={section.key}
          aria-label={section.label ?? 'Fields'}
        >
          {section.label && (
            <Title order={2} size="h3" mb="md">
              {section.label}
            </Title>
          )}
          <Stack gap="lg">
            <Fields section={section} {...{ document, currency, readable }} />
            {section.fields.filter(isTable).map((field) => (
              <Child
                key={field.fieldname}
                field={field}
                below={section.label}
                {...{ document, currency, readable }}
              />
            ))}
          </Stack>
        </Paper>
      ))}
      <Origin document={document} />
    </Stack>
  );
}

type Shown = {
  readonly document: Row;
  readonly currency: string | null;
  readonly readable: ReadonlySet<string>;
};

function Fields({ section, document, currency, readable }: Shown & { readonly section: Section }) {
  const fields = section.fields.filter((field) => !isTable(field));
  if (fields.length === 0) return null;
  return (
    <dl className="desk-fields">
      {fields.map((field) => (
        <div
          key={field.fieldname}
          className={isWide(field, document[field.fieldname]) ? 'desk-field-wide' : ''}
        >
          <dt>{labelOf(field)}</dt>
          <dd>
            <FieldValue field={field} row={document} currency={currency} readable={readable} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

type ChildProps = Shown & {
  readonly field: Field;
  /** The heading of the section, which may already say what the table is called. */
  readonly below: string | null;
};

function Child({ field, below, document, currency, readable }: ChildProps) {
  const rows = document[field.fieldname];
  const { data: meta, error } = useDoctype(field.options ?? '');
  // Rows are of use without their labels, too: an error only costs the labels.
  const isKnown = meta !== undefined || error !== null;
  return (
    <div>
      {field.label !== below && (
        <Title order={below === null ? 2 : 3} size="h4" mb="xs">
          {labelOf(field)}
        </Title>
      )}
      {!Array.isArray(rows) && <FieldValue field={field} row={{}} currency={null} />}
      {Array.isArray(rows) && !isKnown && <Waiting what={labelOf(field)} />}
      {Array.isArray(rows) && isKnown && (
        <ChildTable
          label={labelOf(field)}
          rows={rows as readonly Row[]}
          fields={meta?.fields ?? null}
          {...{ currency, readable }}
        />
      )}
    </div>
  );
}

/** Characters that fit into a column of the grid on two lines. */
const NARROW_LENGTH = 60;

const CREATED: Field = { fieldname: 'creation', fieldtype: 'Datetime', label: 'Created' };
const OWNER: Field = { fieldname: 'owner', fieldtype: 'Data', label: 'Created by' };
const CHANGED: Field = { fieldname: 'modified', fieldtype: 'Datetime', label: 'Last changed' };
const CHANGER: Field = { fieldname: 'modified_by', fieldtype: 'Data', label: 'Last changed by' };

/** When the document came to be, and by whom. */
function Origin({ document }: { readonly document: Row }) {
  return (
    <dl className="desk-fields desk-origin">
      {[CREATED, OWNER, CHANGED, CHANGER].map((field) => (
        <div key={field.fieldname}>
          <dt>{field.label}</dt>
          <dd>
            <FieldValue field={field} row={document} currency={null} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value too long for one column of the grid. */
function isWide(field: Field, value: Value | undefined): boolean {
  const kind = kindOf(field);
  if (kind !== 'long-text' && kind !== 'code') return false;
  return typeof value === 'object' ? value !== null : String(value ?? '').length > NARROW_LENGTH;
}
