/** Fits imported doctypes to each other and to those that are here already. */
import { type CrossFault, crossFaults } from './check-definitions.ts';
import type { Doctype } from './definition.ts';
import type { FieldDraft } from './frappe-field.ts';
import type { ImportReading, NotTaken, StorableReading } from './import-reading.ts';
import { type DefinitionDraft, keepAsText, mendDefinition } from './mend-definition.ts';
import { tableName } from './table-name.ts';

const NOT_HERE = 'links to a doctype that is not here: kept as plain text (Data)';
const ROW_TARGET = 'links to a child table: kept as plain text (Data)';

/**
 * The readings with every Link and Table pointing to something: one of the storable readings or
 * a name in `known`. A Link without target becomes Data, a Table is left out, `fetch_from` a
 * missing or secret field is left out, and each is added to `notTaken`. Of two readings that
 * would share a table, the later one becomes broken. The same input gives the same output, and
 * resolving the output again changes nothing.
 */
export function resolveTargets(
  readings: readonly ImportReading[],
  known: ReadonlySet<string>,
): readonly ImportReading[] {
  let current = withoutClashes(readings);
  for (;;) {
    const faults = faultsOf(current, known);
    if (faults.length === 0) return current;
    // Each round takes a target away for good, so that there is a last one.
    current = current.map((reading) => (isStorable(reading) ? mended(reading, faults) : reading));
  }
}

function withoutClashes(readings: readonly ImportReading[]): readonly ImportReading[] {
  const owners = new Map<string, string>();
  return readings.map((reading) => {
    if (!isStorable(reading)) return reading;
    const { name } = reading.doctype;
    const table = tableName(name);
    const owner = owners.get(table);
    if (owner === undefined) {
      owners.set(table, name);
      return reading;
    }
    return { kind: 'broken', why: `${name}: would be kept in the same table as \`${owner}\`` };
  });
}

/** Faults that concern a doctype known only by name cannot be judged here and are left out. */
function faultsOf(
  readings: readonly ImportReading[],
  known: ReadonlySet<string>,
): readonly CrossFault[] {
  const doctypes = new Map(
    readings.filter(isStorable).map(({ doctype }) => [doctype.name, doctype] as const),
  );
  return crossFaults([...doctypes.values()]).filter((fault) => {
    const doctype = doctypes.get(fault.doctype);
    const field = doctype?.fields.find((one) => one.fieldname === fault.field);
    if (doctype === undefined || field === undefined) return false;
    const link = fault.key === 'fetch_from' ? field.fetch_from?.split('.')[0] : field.fieldname;
    const target = doctype.fields.find((one) => one.fieldname === link)?.options ?? '';
    return fault.key === 'fieldtype' || doctypes.has(target) || !known.has(target);
  });
}

function mended(reading: StorableReading, faults: readonly CrossFault[]): ImportReading {
  const { name } = reading.doctype;
  const own = faults.filter((fault) => fault.doctype === name);
  if (own.length === 0) return reading;
  const draft = draftOf(reading.doctype);
  const changes = own.flatMap((fault) => applyFault(draft, fault));
  const result = mendDefinition(draft);
  if ('broken' in result) return { kind: 'broken', why: `${name}: ${result.broken}` };
  const notTaken = [...reading.notTaken, ...changes, ...result.notTaken];
  return { ...reading, doctype: result.doctype, notTaken };
}

function applyFault(draft: DefinitionDraft, fault: CrossFault): readonly NotTaken[] {
  const field = draft.fields.find((one) => one['fieldname'] === fault.field);
  if (field === undefined) return [];
  const listed = { field: fault.field, key: fault.key };
  if (fault.key === 'fetch_from') {
    delete field['fetch_from'];
    return [{ ...listed, why: fault.message }];
  }
  if (field['fieldtype'] === 'Link') {
    keepAsText(field);
    return [{ ...listed, why: fault.code === 'unknown_doctype' ? NOT_HERE : ROW_TARGET }];
  }
  draft.fields = draft.fields.filter((one) => one !== field);
  return [{ ...listed, why: `the field is not taken: ${fault.message}` }];
}

function draftOf(doctype: Doctype): DefinitionDraft {
  const fields = doctype.fields.map((field) => ({ ...field }) as FieldDraft);
  return { ...doctype, fields } as unknown as DefinitionDraft;
}

function isStorable(reading: ImportReading): reading is StorableReading {
  return reading.kind === 'storable';
}
