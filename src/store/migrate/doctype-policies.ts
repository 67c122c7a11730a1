/**
 * Row-level security of a doctype's table: the second line. One policy for each command, forced
 * on the table's owner too, and never dependent on anything the application sends but the claim.
 *
 * Each `(select …)` is an initplan, computed once for a statement. `<> 0` and not `= 1`: the
 * planner estimates the first as nearly all rows, which leaves an ordered index scan its limit;
 * with the second it expects no rows and sorts whole cells.
 */
import { type Doctype, isTable } from '../../doctype/definition.ts';
import { columnOf, tableName } from '../../doctype/table-name.ts';
import { identifier, quoted } from '../identifier.ts';
import { cellTrigger } from './cell-trigger.ts';
import { qualifiedTable } from './doctype-table.ts';
import { governedPolicies, parentTriggers, reachesFunction } from './governed-policies.ts';
import type { InstallationRoles } from './migration-connection.ts';
import { placedTriggers } from './row-paths.ts';
import { entryTriggers } from './search-entries.ts';
import { type MakeTrigger, triggerOn } from './trigger.ts';

/** Statements that put the policies of a doctype's table anew. */
export function policiesOf(
  doctype: Doctype,
  id: number,
  parents: readonly string[],
  roles: InstallationRoles,
): string[] {
  const belonging = reachesFunction({ id, definition: doctype }, roles);
  if (doctype.governed_by) {
    return [...belonging, ...governedPolicies(doctype, doctype.governed_by, roles)];
  }
  const table = qualifiedTable(doctype.name);
  const condition = (command: string): string =>
    doctype.istable ? parentReached(parents, command) : reached(id, table, command);
  const seen = doctype.istable ? parentReached(parents, 'select') : seenById(id);
  const policy = (name: string, command: string, body: string, role: string): string[] => [
    `drop policy if exists ${name} on ${table}`,
    `create policy ${name} on ${table} for ${command} to "${role}" ${body}`,
  ];
  const all = [
    ...belonging,
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    ...policy('maintain', 'all', 'using (true) with check (true)', roles.owner),
    ...(doctype.istable ? [] : seeingFunctions(id, table, roles.app)),
    ...policy('see', 'select', `using (${seen})`, roles.app),
    ...policy(
      'add',
      'insert',
      `with check (${addCondition(doctype, condition('insert'))})`,
      roles.app,
    ),
    `grant select, insert on ${table} to "${roles.app}"`,
  ];
  if (doctype.append_only) {
    return [
      ...all,
      `drop policy if exists change on ${table}`,
      `drop policy if exists remove on ${table}`,
      `revoke update, delete on ${table} from "${roles.app}"`,
    ];
  }
  const change = condition('update');
  return [
    ...all,
    ...policy('change', 'update', `using (${change}) with check (${change})`, roles.app),
    ...policy('remove', 'delete', `using (${condition('delete')})`, roles.app),
    `grant update, delete on ${table} to "${roles.app}"`,
  ];
}

/** Triggers that hold for every writer. */
export function triggersOf(doctype: Doctype, id: number): string[] {
  const trigger = triggerOn(doctype);
  const ofPermissions = [
    ...trigger(
      'raise_epoch',
      'after insert or update or delete',
      'for each statement execute function sys.raise_epoch()',
    ),
    ...historyTrigger(trigger),
  ];
  if (doctype.istable) {
    // With rows of both states: a row can neither leave nor enter a submitted document.
    const frozen = (name: string, event: string, rows: 'old' | 'new') =>
      trigger(
        `keep_submitted_${name}`,
        `after ${event}`,
        `referencing ${rows} table as changed for each statement execute function sys.keep_submitted_rows()`,
      );
    return [
      ...truncateTrigger(trigger),
      ...frozen('insert', 'insert', 'new'),
      ...frozen('update_from', 'update', 'old'),
      ...frozen('update_to', 'update', 'new'),
      ...frozen('delete', 'delete', 'old'),
      ...(doctype.is_permission_record ? ofPermissions : []),
    ];
  }
  const name = quoted(doctype.name);
  return [
    ...truncateTrigger(trigger),
    ...cellTrigger(doctype, id, trigger),
    ...placedTriggers(doctype, id),
    ...rowsTrigger(doctype, trigger),
    ...entryTriggers(doctype, id),
    ...(doctype.append_only ? [] : retiredTriggers(name, trigger)),
    ...(doctype.is_permission_record ? ofPermissions : []),
    ...(doctype.is_submittable ? submittedTrigger(doctype, trigger) : []),
    ...(doctype.append_only
      ? trigger(
          'append_only',
          'before update or delete',
          'for each row execute function sys.append_only()',
        )
      : []),
    ...cycleTrigger(doctype, trigger),
    ...parentTriggers(doctype),
    ...(doctype.name === 'User' ? userTriggers(trigger) : []),
    ...(doctype.name === 'Audit Entry' ? needsTrigger(trigger) : []),
    ...(doctype.is_tree && doctype.is_dimension && doctype.parent_field
      ? [
          ...trigger(
            'keep_tree_rows',
            'after insert or delete',
            `for each row execute function sys.keep_tree(${name}, ${quoted(doctype.parent_field)})`,
          ),
          ...trigger(
            'keep_tree_moves',
            `after update of name, ${identifier(doctype.parent_field)}`,
            `for each row execute function sys.keep_tree(${name}, ${quoted(doctype.parent_field)})`,
          ),
          ...trigger(
            'raise_epoch_rows',
            'after insert or delete',
            'for each statement execute function sys.raise_epoch()',
          ),
          ...trigger(
            'raise_epoch_moves',
            `after update of name, ${identifier(doctype.parent_field)}`,
            'for each statement execute function sys.raise_epoch()',
          ),
        ]
      : []),
  ];
}

/** Who may act at all is part of the world, and so is of the epoch. */
function userTriggers(trigger: MakeTrigger): string[] {
  const raise = 'for each statement execute function sys.raise_epoch()';
  return [
    ...trigger('raise_epoch_users', 'after insert or delete', raise),
    ...trigger('raise_epoch_enabled', 'after update of name, enabled', raise),
    ...historyTrigger(trigger),
  ];
}

/** What decides access is recorded for good, for questions about a past instant. */
function historyTrigger(trigger: MakeTrigger): string[] {
  const when = 'after insert or update or delete';
  return trigger('keep_history', when, 'for each row execute function sys.keep_history()');
}

/** What entries say of the grants that were needed is kept at hand. */
function needsTrigger(trigger: MakeTrigger): string[] {
  return trigger(
    'note_needs',
    'after insert',
    'referencing new table as added for each statement execute function sys.note_needs()',
  );
}

function truncateTrigger(trigger: MakeTrigger): string[] {
  const when = 'before truncate';
  return trigger(
    'refuse_truncate',
    when,
    'for each statement execute function sys.refuse_truncate()',
  );
}

/** A document takes its rows with it. */
function rowsTrigger(doctype: Doctype, trigger: MakeTrigger): string[] {
  const children = new Set(doctype.fields.filter(isTable).map(({ options = '' }) => options));
  if (children.size === 0) return [];
  const words = [doctype.name, ...[...children].map(tableName)].map(quoted).join(', ');
  return trigger(
    'remove_rows',
    'after delete',
    `for each row execute function sys.remove_rows(${words})`,
  );
}

/** No document of a tree stands above itself, however it came there. */
function cycleTrigger(doctype: Doctype, trigger: MakeTrigger): string[] {
  if (!doctype.is_tree || !doctype.parent_field) return [];
  const words = [tableName(doctype.name), doctype.parent_field].map(quoted).join(', ');
  return trigger(
    'refuse_cycle',
    `after insert or update of name, ${identifier(doctype.parent_field)}`,
    `for each row execute function sys.refuse_cycle(${words})`,
  );
}

/** Names of deleted documents are not given again; entries of a log are never deleted. */
function retiredTriggers(name: string, trigger: MakeTrigger): string[] {
  return [
    ...trigger(
      'refuse_retired',
      'after insert',
      `referencing new table as added for each statement execute function sys.refuse_retired_names(${name})`,
    ),
    ...trigger(
      'refuse_retired_rename',
      'before update of name',
      `for each row execute function sys.refuse_retired_name(${name})`,
    ),
    ...trigger(
      'retire_name',
      'after delete',
      `for each row execute function sys.retire_name(${name})`,
    ),
  ];
}

function submittedTrigger(doctype: Doctype, trigger: MakeTrigger) {
  const open = doctype.fields.filter((field) => field.after_submit && columnOf(field) !== null);
  const columns = open.map((field) => quoted(field.fieldname)).join(', ');
  return trigger(
    'keep_submitted',
    'before update or delete',
    `for each row execute function sys.keep_submitted(${columns})`,
  );
}

/**
 * The parts stand in the order of their cost, and each is computed where those before it said no.
 * Without a condition a hidden row never becomes JSON: that alone would take most of a full scan.
 */
function reached(id: number, table: string, command: string): string {
  const call = (name: string): string => `(select sys.${name}(${id}, '${command}'))`;
  return `get_bit(${call('cell_bits')}, cell_id) <> 0
    or name = any (${call('shared_names')}::text[])
    or (${call('conditions')} is not null
      and sys.meets(${call('conditions')}, cell_id, to_jsonb(${table.split('.')[1]}.*)))`;
}

/**
 * The same for reading, by a row's cell and number alone: both stand in the index by which cells
 * are read, so what is counted or listed by it need not be fetched from the table at all. Where a
 * document is shared, or a way has a condition, functions of the doctype's own look further.
 */
function seenById(id: number): string {
  const conditions = `(select sys.conditions(${id}, 'select'))`;
  return `get_bit((select sys.cell_bits(${id}, 'select')), cell_id) <> 0
    or id = any ((select sys.shared_ids_${id}())::bigint[])
    or (${conditions} is not null and sys.meets_${id}(id, ${conditions}))`;
}

/** Numbers of the documents shared with the claim, and whether one meets conditions by its row. */
function seeingFunctions(id: number, table: string, app: string): string[] {
  const functions = `sys.shared_ids_${id}(), sys.meets_${id}(bigint, jsonb)`;
  return [
    `create or replace function sys.shared_ids_${id}() returns bigint[]
     language plpgsql stable security definer set search_path = '' as $shared$
     declare
       names text[] := sys.shared_names(${id}, 'select');
     begin
       if pg_catalog.cardinality(names) = 0 then return '{}'; end if;
       return array(select d.id from ${table} d where d.name = any (names));
     end $shared$`,
    `create or replace function sys.meets_${id}(wanted bigint, conditions jsonb) returns boolean
     language plpgsql stable security definer set search_path = '' as $meets$
     begin
       return exists (select from ${table} d
         where d.id = wanted and sys.meets(conditions, d.cell_id, pg_catalog.to_jsonb(d.*)));
     end $meets$`,
    `revoke execute on function ${functions} from public`,
    `grant execute on function ${functions} to "${app}"`,
  ];
}

/**
 * Audit entries may be added by every principal, but only under their own name. Documents that
 * arrive submitted are imported; nothing is created so.
 */
function addCondition(doctype: Doctype, otherwise: string): string {
  if (doctype.append_only) return 'principal = (select (sys.me()).principal)';
  if (!doctype.is_submittable) return otherwise;
  return `(docstatus = 0 or (select (sys.me()).action) = 'import') and (${otherwise})`;
}

/** Rows are reached with their parent, by the parent's own policy and the claimed action. */
function parentReached(parents: readonly string[], command: string): string {
  if (parents.length === 0) return 'false';
  const cases = parents.map((parent) => {
    const exists = `exists (select from ${qualifiedTable(parent)} p where p.id = parent_id)`;
    return `when ${quoted(parent)} then ${exists}`;
  });
  const reached = `case parenttype ${cases.join(' ')} else false end`;
  return command === 'select' ? reached : `(select sys.may_change_rows()) and (${reached})`;
}
