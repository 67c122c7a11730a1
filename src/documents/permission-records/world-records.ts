/** Permission records as the kernel's world holds them, read out of a document on its way. */
import type {
  Action,
  Duty,
  Grant,
  Grantee,
  GrantingAuthority,
  Member,
  Rule,
  Separation,
  Share,
  Validity,
} from '../../authz/index.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import { readCondition } from '../../store/rule-condition.ts';
import type { WriteWork } from '../work.ts';
import { levelsOf, listOf, scopeOf } from './scope.ts';

export function grantOf({ name, after: { values, tables } }: WriteWork): Grant {
  return {
    name: String(name),
    grantee: granteeOf(values, 'grantee_type', 'grantee'),
    role: String(values['role']),
    scope: scopeOf(tables['scope'] ?? []),
    ...validityOf(values),
    request: textOf(values['request']),
  };
}

/** Of a rule that was found to be sound. */
export function ruleOf({ name, after: { values }, moment }: WriteWork): Rule {
  const doctype = String(values['document_type']);
  const when = textOf(values['when']);
  return {
    name: String(name),
    role: String(values['role']),
    doctype,
    actions: listOf(values, 'actions') as Action[],
    levels: levelsOf(values),
    reach: values['reach'] as Rule['reach'],
    except: listOf(values, 'except'),
    when:
      when === null ? null : readCondition(JSON.parse(when), moment.policy.doctypes.get(doctype)),
    status: values['status'] === 'in force' ? 'in force' : 'draft',
  };
}

export function membersOf({ name, after: { tables } }: WriteWork): Member[] {
  return (tables['members'] ?? []).map((row) => ({
    group: String(name),
    user: String(row['user']),
    ...validityOf(row),
  }));
}

export function shareOf({ name, after: { values } }: WriteWork): Share {
  return {
    name: String(name),
    doctype: String(values['document_type']),
    document: String(values['document_name']),
    user: String(values['user']),
    actions: listOf(values, 'actions') as Action[],
    from: null,
    until: momentOf(values['until']),
  };
}

export function authorityOf({ name, after: { values, tables } }: WriteWork): GrantingAuthority {
  return {
    name: String(name),
    holder: granteeOf(values, 'holder_type', 'holder'),
    roles: listOf(values, 'roles'),
    exceptRoles: listOf(values, 'except_roles'),
    scope: scopeOf(tables['scope'] ?? []),
  };
}

export function separationOf({ name, after: { values } }: WriteWork): Separation {
  const duty = (which: 'first' | 'second'): Duty => ({
    doctype: String(values[`${which}_doctype`]),
    action: String(values[`${which}_action`]) as Action,
  });
  return {
    name: String(name),
    first: duty('first'),
    second: duty('second'),
    dimension: textOf(values['dimension']),
    effect: values['effect'] === 'flag' ? 'flag' : 'refuse',
  };
}

/** The user or group that a permission record names. */
function granteeOf(values: StoredValues, typeField: string, nameField: string): Grantee {
  const type = values[typeField] === 'Group' ? 'Group' : 'User';
  return { type, name: String(values[nameField]) };
}

function validityOf(values: StoredValues): Validity {
  return { from: momentOf(values['from']), until: momentOf(values['until']) };
}

/** Stored moments are UTC. */
function momentOf(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : null;
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
