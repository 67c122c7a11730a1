/** A list's filter: one field, one comparison, one value. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { choicesOf, isTable, kindOf, labelOf } from '../api/field-kind.ts';
import { DOCSTATUS, filterField } from '../api/list-question.ts';
import type { Doctype, Field } from '../api/shapes.ts';
import type { ListFilter as Filter, Operator } from '../place.ts';
import { OPERATOR_WORDS, operatorsOf, takesValue } from './operators.ts';
import { DOCSTATUS_WORDS } from './value-text.ts';

type Props = {
  readonly doctype: Doctype;
  readonly filter: Filter | null;
  readonly onChange: (filter: Filter | null) => void;
};

/** Takes effect when it is applied, not while somebody types. */
export function ListFilter({ doctype, filter, onChange }: Props) {
  const fields = filterFields(doctype);
  const [fieldname, setFieldname] = useState(filter?.field ?? fields[0]?.fieldname ?? 'name');
  const [op, setOp] = useState<Operator>(filter?.op ?? 'contains');
  const [value, setValue] = useState(filter?.value ?? '');
  const field = filterField(doctype, fieldname);
  const operators = operatorsOf(field);
  const chosen = operators.includes(op) ? op : (operators[0] ?? 'is');
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const needed = takesValue(chosen);
    if (needed && value === '') onChange(null);
    else onChange({ field: fieldname, op: chosen, value: needed ? value : '' });
  };
  const clear = () => {
    setValue('');
    onChange(null);
  };
  const chooseField = (name: string) => {
    setFieldname(name);
    setValue('');
  };
  return (
    <form onSubmit={apply} aria-label="Filter" className="desk-filter">
      <NativeSelect
        label="Field"
        value={fieldname}
        onChange={(event) => chooseField(event.currentTarget.value)}
        data={fields.map((one) => ({ value: one.fieldname, label: labelOf(one) }))}
      />
      <NativeSelect
        label="Comparison"
        value={chosen}
        onChange={(event) => setOp(event.currentTarget.value as Operator)}
        data={operators.map((one) => ({ value: one, label: OPERATOR_WORDS[one] }))}
      />
      {takesValue(chosen) && <FilterValue field={field} value={value} onChange={setValue} />}
      <Group gap="xs">
        <Button type="submit">Apply</Button>
        {filter && (
          <Button variant="default" onClick={clear}>
            Clear
          </Button>
        )}
      </Group>
    </form>
  );
}

function FilterValue(props: {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { field, value, onChange } = props;
  const choices = valueChoices(field);
  if (choices !== null) {
    return (
      <NativeSelect
        label="Value"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[{ value: '', label: 'Choose…' }, ...choices]}
      />
    );
  }
  const kind = kindOf(field);
  const isNumber = kind === 'number' || kind === 'money' || kind === 'percent';
  return (
    <TextInput
      label="Value"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      type={kind === 'date' || kind === 'datetime' ? 'date' : isNumber ? 'number' : 'text'}
      {...(isNumber ? { step: 'any' } : {})}
    />
  );
}

function valueChoices(field: Field): { value: string; label: string }[] | null {
  switch (kindOf(field)) {
    case 'choice':
      return choicesOf(field).map((choice) => ({ value: choice, label: choice }));
    case 'check':
      return [
        { value: '1', label: 'Yes' },
        { value: '0', label: 'No' },
      ];
    case 'docstatus':
      return DOCSTATUS_WORDS.map((label, index) => ({ value: String(index), label }));
    default:
      return null;
  }
}

/** Fields one can filter by: the usual ones first, then all others, and the name. */
function filterFields(doctype: Doctype): Field[] {
  const all = doctype.fields.filter(
    (field) => !isTable(field) && kindOf(field) !== null && kindOf(field) !== 'code',
  );
  const isUsual = (field: Field) => Boolean(field.in_standard_filter || field.in_list_view);
  return [
    { fieldname: 'name', fieldtype: 'Data', label: 'Name' },
    ...all.filter((field) => isUsual(field)),
    ...all.filter((field) => !isUsual(field)),
    ...(doctype.is_submittable ? [DOCSTATUS] : []),
  ];
}
