/** Reads what a preview is asked about: strictly, as the documents that would be saved. */
import {
  ANY_VALUE,
  BLANK_VALUE,
  type Grant,
  type Grantee,
  isAction,
  type Member,
  type Rule,
  type ScopeValue,
  type Share,
  type WorldChange,
} from '../authz/index.ts';
import { notFound, Refusal } from '../base/errors.ts';
import { rowPathFault } from '../doctype/check-definitions.ts';
import { pathFault } from '../doctype/doctype-rules.ts';
import { ruleFault } from '../doctype/rule-fault.ts';
import type { Policy } from '../store/policy.ts';
import { readCondition } from '../store/rule-condition.ts';
import { PreviewItem } from './preview-item.ts';

/** As it comes from outside: `add` gives records whole, `remove` names them. */
export type PreviewRequest = { readonly add?: unknown; readonly remove?: unknown };

/** A document that the change speaks of, and that must be there for the caller. */
export type Named = { readonly doctype: string; readonly name: string };

export type ReadChange = { readonly change: WorldChange; readonly named: readonly Named[] };

const RECORDS_MAX = 10_000;

/**
 * The change that the request describes, on the world of this policy. Throws `bad_value`,
 * `unknown_parameter` or `not_found`; nothing is left out silently.
 */
export function readChange(policy: Policy, { add, remove }: PreviewRequest): ReadChange {
  const reader = new ChangeReader(policy);
  for (const item of listOf(add, 'add')) reader.add(new PreviewItem(item, 'add'));
  for (const item of listOf(remove, 'remove')) reader.remove(new PreviewItem(item, 'remove'));
  return reader.result();
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Refusal('bad_value', `\`${name}\` takes a list.`);
  if (value.length > RECORDS_MAX) {
    throw new Refusal('bad_value', `\`${name}\` takes at most ${RECORDS_MAX} records.`);
  }
  return value;
}

type Kind = 'roles' | 'rules' | 'grants' | 'members' | 'shares';

class ChangeReader {
  private readonly policy: Policy;
  private readonly named: Named[] = [];
  private readonly turned: Record<Kind, { gone: unknown[]; added: unknown[] }> = {
    roles: { gone: [], added: [] },
    rules: { gone: [], added: [] },
    grants: { gone: [], added: [] },
    members: { gone: [], added: [] },
    shares: { gone: [], added: [] },
  };
  private readonly moves: { dimension: string; value: string; parent: string | null }[] = [];
  private readonly levels: { doctype: string; field: string; level: number }[] = [];
  private readonly paths = new Map<string, { dimension: string; path: string }[]>();
  private readonly newGroups = new Set<string>();
  private count = 0;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  add(item: PreviewItem): void {
    switch (item.type) {
      case 'role':
        this.turned.roles.added.push({ name: item.text('name') });
        item.optionalText('description');
        break;
      case 'rule':
        this.turned.rules.added.push(this.ruleOf(item));
        break;
      case 'group':
        this.groupOf(item);
        break;
      case 'grant':
        this.turned.grants.added.push(this.grantOf(item));
        break;
      case 'member':
        this.turned.members.added.push(this.memberOf(item));
        break;
      case 'share':
        this.turned.shares.added.push(this.shareOf(item));
        break;
      case 'expiry':
        this.endLater(item);
        break;
      case 'move':
        this.moves.push(this.moveOf(item));
        break;
      case 'level':
        this.levels.push(this.levelOf(item));
        break;
      case 'path':
        this.addPath(item);
        break;
      default:
        throw new Refusal('bad_value', `\`add\` knows no \`${item.type}\`.`);
    }
    item.end();
  }

  remove(item: PreviewItem): void {
    const { grants, rules, shares, members } = this.policy.world.source;
    switch (item.type) {
      case 'grant':
        this.turned.grants.gone.push(byName(grants, 'Grant', item.text('name')));
        break;
      case 'rule':
        this.turned.rules.gone.push(byName(rules, 'Role Rule', item.text('name')));
        break;
      case 'share':
        this.turned.shares.gone.push(byName(shares, 'Share', item.text('name')));
        break;
      case 'member': {
        const [group, user] = [item.text('group'), item.text('user')];
        const found = members.filter((one) => one.group === group && one.user === user);
        if (found.length === 0) throw notFound('Group', group);
        this.turned.members.gone.push(...found);
        break;
      }
      case 'path': {
        const paths = this.pathsOf(this.doctypeOf(item, 'doctype'));
        const { dimension, path } = this.pathOf(item);
        const at = paths.findIndex((one) => one.dimension === dimension && one.path === path);
        if (at < 0) throw item.wrong('path', 'is none of the doctype');
        paths.splice(at, 1);
        break;
      }
      default:
        throw new Refusal('bad_value', `\`remove\` knows no \`${item.type}\`.`);
    }
    item.end();
  }

  result(): ReadChange {
    const turned = Object.entries(this.turned).filter(
      ([, { gone, added }]) => gone.length + added.length > 0,
    );
    const change = {
      ...Object.fromEntries(turned),
      ...(this.moves.length > 0 ? { moves: this.moves } : {}),
      ...(this.levels.length > 0 ? { levels: this.levels } : {}),
      ...(this.paths.size > 0
        ? { paths: [...this.paths].map(([doctype, paths]) => ({ doctype, paths })) }
        : {}),
    };
    return { change: change as WorldChange, named: this.named };
  }

  private ruleOf(item: PreviewItem): Rule {
    const role = this.roleOf(item);
    const doctype = this.doctypeOf(item, 'document_type');
    const actions = item.texts('actions');
    if (actions.length === 0 || !actions.every(isAction))
      throw item.wrong('actions', 'are unknown');
    const when = item.raw('when');
    const definition = this.policy.doctypes.get(doctype);
    const rule: Rule = {
      ...{ name: this.newName(), role, doctype, actions: actions.filter(isAction) },
      levels: item.levels('levels'),
      reach: item.has('reach')
        ? item.oneOf<'within' | 'everything'>('reach', ['within', 'everything'])
        : null,
      except: item.texts('except'),
      when: when === null ? null : conditionOf(item, when, definition),
      status: item.oneOf('status', ['draft', 'in force'], 'in force'),
    };
    // What a rule would open that may not come in force can be asked all the same.
    const fault = definition && ruleFault({ ...rule, status: 'draft' }, definition);
    if (fault) throw item.wrong(fault.field, fault.detail.replace(/\.$/, ''));
    return rule;
  }

  private grantOf(item: PreviewItem): Grant {
    const type = item.oneOf<Grantee['type']>('grantee_type', ['User', 'Group'], 'User');
    const grantee = { type, name: item.text('grantee') };
    this.nameHolder(type, grantee.name);
    const role = this.roleOf(item);
    const scope = item.scope('scope');
    for (const entry of scope) this.nameValue(item, entry);
    const times = this.timesOf(item);
    item.optionalText('reason');
    return { name: this.newName(), grantee, role, scope, ...times, request: null };
  }

  private groupOf(item: PreviewItem): void {
    const group = item.text('name');
    this.newGroups.add(group);
    for (const row of item.rows('members', 'member')) {
      const user = row.text('user');
      this.nameHolder('User', user);
      this.turned.members.added.push({ group, user, ...this.timesOf(row) });
      row.end();
    }
    item.optionalText('description');
  }

  private memberOf(item: PreviewItem): Member {
    const [group, user] = [item.text('group'), item.text('user')];
    this.nameHolder('Group', group);
    this.nameHolder('User', user);
    return { group, user, ...this.timesOf(item) };
  }

  private shareOf(item: PreviewItem): Share {
    const doctype = this.doctypeOf(item, 'document_type');
    const document = item.text('document_name');
    const user = item.text('user');
    this.named.push({ doctype, name: document }, { doctype: 'User', name: user });
    const actions = item.texts('actions');
    if (actions.length === 0 || !actions.every(isAction))
      throw item.wrong('actions', 'are unknown');
    const until = item.moment('until');
    const given = { doctype, document, user, actions: actions.filter(isAction) };
    return { name: this.newName(), ...given, from: null, until };
  }

  /** A grant that ends at another moment than it does now. */
  private endLater(item: PreviewItem): void {
    const grant = byName(this.policy.world.source.grants, 'Grant', item.text('name'));
    this.turned.grants.gone.push(grant);
    this.turned.grants.added.push({ ...grant, until: item.said('until').moment('until') });
  }

  private moveOf(item: PreviewItem) {
    const dimension = this.doctypeOf(item, 'doctype');
    const [value, parent] = [item.text('name'), item.said('parent').optionalText('parent')];
    const tree = this.policy.world.source.trees.find((one) => one.dimension === dimension);
    if (!tree) throw item.wrong('doctype', 'is no tree');
    for (const name of parent === null ? [value] : [value, parent]) {
      this.named.push({ doctype: dimension, name });
    }
    return { dimension, value, parent };
  }

  private levelOf(item: PreviewItem) {
    const doctype = this.doctypeOf(item, 'doctype');
    const field = item.text('field');
    if (!this.policy.world.doctypes.get(doctype)?.levels.has(field)) {
      throw new Refusal('unknown_field', `There is no field \`${field}\`.`);
    }
    return { doctype, field, level: item.level('level') };
  }

  private pathsOf(doctype: string) {
    const known = this.policy.world.doctypes.get(doctype)?.paths ?? [];
    const paths = this.paths.get(doctype) ?? [...known];
    this.paths.set(doctype, paths);
    return paths;
  }

  /** As a definition is checked: what documents do not have cannot be asked of them. */
  private addPath(item: PreviewItem): void {
    const doctype = this.doctypeOf(item, 'doctype');
    const found = this.pathOf(item);
    const { doctypes } = this.policy;
    if (doctypes.get(found.dimension)?.is_dimension !== true) {
      throw item.wrong('dimension', 'is no dimension');
    }
    const definition = doctypes.get(doctype);
    if (definition) {
      const fields = new Map(definition.fields.map((field) => [field.fieldname, field]));
      const fault =
        pathFault(definition, found.dimension, found.path, fields) ??
        rowPathFault(definition, found, doctypes);
      if (fault !== null) throw item.wrong('path', `cannot be it: ${fault}`);
    }
    this.pathsOf(doctype).push(found);
  }

  private pathOf(item: PreviewItem) {
    return { dimension: this.doctypeOf(item, 'dimension'), path: item.text('path') };
  }

  /** What has not begun yet is shown as though it had: else waiting would hide what comes. */
  private timesOf(item: PreviewItem) {
    const [from, until] = [item.moment('from'), item.moment('until')];
    if (from !== null && until !== null && until <= from) {
      throw item.wrong('until', 'must be later than `from`');
    }
    return { from: null, until };
  }

  private nameHolder(doctype: Grantee['type'], name: string): void {
    if (doctype === 'Group' && this.newGroups.has(name)) return;
    this.named.push({ doctype, name });
  }

  private roleOf(item: PreviewItem): string {
    const role = item.text('role');
    const isNew = this.turned.roles.added.some((one) => (one as { name: string }).name === role);
    if (isNew || this.policy.world.roles.has(role)) return role;
    throw item.wrong('role', 'is not there');
  }

  private doctypeOf(item: PreviewItem, key: string): string {
    const doctype = item.text(key);
    if (this.policy.world.doctypes.has(doctype)) return doctype;
    throw item.wrong(key, 'is no doctype');
  }

  private nameValue(item: PreviewItem, { dimension, value, descendants }: ScopeValue): void {
    if (this.policy.doctypes.get(dimension)?.is_dimension !== true) {
      throw item.wrong('scope', `names no dimension: \`${dimension}\``);
    }
    const isWord = value === ANY_VALUE || value === BLANK_VALUE;
    if (isWord && descendants) throw item.wrong('scope', `takes \`${value}\` without descendants`);
    if (!isWord) this.named.push({ doctype: dimension, name: value });
  }

  private newName(): string {
    this.count += 1;
    return `the new one ${this.count}`;
  }
}

function byName<Record extends { readonly name: string }>(
  records: readonly Record[],
  doctype: string,
  name: string,
): Record {
  const found = records.find((record) => record.name === name);
  if (!found) throw notFound(doctype, name);
  return found;
}

function conditionOf(
  item: PreviewItem,
  when: unknown,
  definition: Parameters<typeof readCondition>[1],
) {
  try {
    return readCondition(when, definition);
  } catch (error) {
    throw item.wrong('when', `cannot be read: ${(error as Error).message}`);
  }
}
