/**
 * Files of permissions, read strictly: everything that is wrong with any of them is told, and
 * nothing is guessed. Reads texts only; whoever calls brings them from the disk one by one.
 */
import type { Doctype } from '../../doctype/definition.ts';
import { checkName } from '../../doctype/document-name.ts';
import { ValueError } from '../../doctype/value-error.ts';
import { MapReader } from './map-reader.ts';
import type { Problem } from './problem.ts';
import { readActions, readRule } from './read-roles.ts';
import { readScope } from './read-scope.ts';
import { type Located, YamlFile } from './read-yaml.ts';
import {
  type AuthorityRecord,
  type GrantRecord,
  type GroupRecord,
  type Holder,
  type InFile,
  inOrder,
  KINDS,
  type Kind,
  type MemberRecord,
  type Members,
  type Permissions,
  type RoleRecord,
  type RuleRecord,
  type ScopeEntry,
  type ShareRecord,
  type Where,
} from './records.ts';

/** The file that says what a folder holds; it stands in the folder itself. */
export const MANIFEST = 'permissions.yaml';

/** The format that is written and read. */
export const FORMAT = '1';

/** A name of a document that a file speaks of, to be looked up where it is not known yet. */
export type Mention = { readonly doctype: string; readonly name: string; readonly where: Where };

/** Of a file's path in its folder: what it holds, or null for one that has no place there. */
export function kindOfPath(path: string): Kind | 'manifest' | null {
  if (path === MANIFEST) return 'manifest';
  const [folder = '', file = '', ...rest] = path.split('/');
  const kind = KINDS.find((one) => one === folder);
  return kind !== undefined && rest.length === 0 && file.endsWith('.yaml') ? kind : null;
}

export class FilesReader {
  readonly problems: Problem[] = [];
  readonly mentions: Mention[] = [];
  private readonly doctypes: ReadonlyMap<string, Doctype>;
  private kinds: ReadonlySet<Kind> | null = null;
  private readonly held: { readonly kind: Kind; readonly where: Where }[] = [];
  private readonly roles: (RoleRecord & InFile)[] = [];
  private readonly rules: (RuleRecord & InFile)[] = [];
  private readonly groups: (GroupRecord & InFile & Members<InFile>)[] = [];
  private readonly grants: (GrantRecord & InFile)[] = [];
  private readonly authorities: (AuthorityRecord & InFile)[] = [];
  private readonly shares: (ShareRecord & InFile)[] = [];

  constructor(doctypes: ReadonlyMap<string, Doctype>) {
    this.doctypes = doctypes;
  }

  /** Reads one file. Its path is relative to the folder, with `/`. */
  add(path: string, text: string): void {
    const kind = kindOfPath(path);
    const source = new YamlFile(path, this.problems);
    if (kind === null) {
      source.refuse('unknown_file', 0, `nothing is read from such a file; ${PLACES}`);
      return;
    }
    const root = source.parse(text);
    if (root === null) return;
    const file = new MapReader(source, root, 'this file', KEYS[kind]);
    const format = file.required('format');
    if (format && !(format.kind === 'text' && format.isPlain && format.text === FORMAT)) {
      file.refuse('unknown_format', 'format', `only format ${FORMAT} is read`);
      return;
    }
    if (kind === 'manifest') this.addManifest(file);
    else {
      this.held.push({ kind, where: file.where() });
      this.READ[kind](file);
    }
  }

  /** Everything that was read. Good only where there are no problems. */
  finish(): Permissions<InFile> {
    const { kinds, roles, rules, groups, grants, authorities, shares } = this;
    if (kinds === null && !this.problems.some(({ file }) => file === MANIFEST)) {
      const source = new YamlFile(MANIFEST, this.problems);
      source.refuse('no_manifest', 0, `there is no ${MANIFEST} that says what this folder holds`);
    }
    for (const { kind, where } of this.held) {
      if (kinds === null || kinds.has(kind)) continue;
      const detail = `${MANIFEST} does not say that this folder holds ${kind}`;
      this.problems.push({ ...where, code: 'unknown_file', detail });
    }
    const all = { roles, rules, groups, grants, authorities, shares };
    return { kinds: kinds ?? new Set(KINDS), ...all };
  }

  private readonly READ: Readonly<Record<Kind, (file: MapReader) => void>> = {
    roles: (file) => this.addRole(file),
    groups: (file) => this.addGroup(file),
    grants: (file) => this.addGrants(file),
    authorities: (file) => this.addAuthorities(file),
    shares: (file) => this.addShares(file),
  };

  private addManifest(file: MapReader): void {
    file.required('holds');
    const kinds = file.words('holds').flatMap(({ text, offset }) => {
      const kind = KINDS.find((one) => one === text);
      if (kind === undefined) {
        file.source.refuse('bad_value', offset, `a folder holds ${KINDS.join(', ')}`);
      }
      return kind ?? [];
    });
    this.kinds = new Set(kinds);
  }

  private addRole(file: MapReader): void {
    const role = nameIn(file, 'role');
    file.required('rules');
    const rules = file.list('rules').map((node) => readRule(role ?? '', file, node, this.doctypes));
    if (role === null) return;
    this.roles.push({ role, description: file.optionalText('description'), ...placeOf(file) });
    this.rules.push(...rules.filter((rule) => rule !== null));
  }

  private addGroup(file: MapReader): void {
    const group = nameIn(file, 'group');
    const members: (MemberRecord & InFile)[] = file.list('members').flatMap((node) => {
      const member = new MapReader(file.source, node, 'a member', ['user', 'from', 'until']);
      const user = member.text('user');
      if (user === null) return [];
      this.mention('User', user, member);
      return [{ user, ...timesOf(member), ...placeOf(member) }];
    });
    if (group === null) return;
    const description = file.optionalText('description');
    this.groups.push({ group, description, members, ...placeOf(file) });
  }

  private addGrants(file: MapReader): void {
    const holder = this.holderOf(file);
    for (const node of this.itemsOf(file, 'grants')) {
      const keys = ['name', 'role', 'scope', 'from', 'until', 'reason'];
      const grant = new MapReader(file.source, node, 'a grant', keys);
      const role = grant.text('role');
      const scope = this.scopeOf(grant);
      const times = timesOf(grant);
      const reason = grant.optionalText('reason');
      if (role === null || holder === null) continue;
      this.mention('Role', role, grant, 'role');
      this.grants.push({ holder, role, scope, ...times, reason, ...placeOf(grant) });
    }
  }

  private addAuthorities(file: MapReader): void {
    const holder = this.holderOf(file);
    for (const node of this.itemsOf(file, 'authorities')) {
      const keys = ['name', 'roles', 'except_roles', 'scope'];
      const authority = new MapReader(file.source, node, 'an authority', keys);
      authority.required('roles');
      const [roles = [], exceptRoles = []] = ['roles', 'except_roles'].map((key) =>
        authority.words(key).map(({ text }) => text),
      );
      for (const role of [...roles.filter((one) => one !== '*'), ...exceptRoles]) {
        this.mention('Role', role, authority, 'roles');
      }
      const scope = this.scopeOf(authority);
      if (holder === null) continue;
      const ordered = { roles: roles.sort(inOrder), exceptRoles: exceptRoles.sort(inOrder) };
      this.authorities.push({ holder, ...ordered, scope, ...placeOf(authority) });
    }
  }

  private addShares(file: MapReader): void {
    const user = file.text('user');
    if (user !== null) this.mention('User', user, file, 'user');
    for (const node of this.itemsOf(file, 'shares')) {
      const keys = ['name', 'doctype', 'document', 'actions', 'until'];
      const share = new MapReader(file.source, node, 'a share', keys);
      const [doctype, document] = [share.text('doctype'), share.text('document')];
      const actions = readActions(share);
      const until = share.moment('until');
      if (user === null || doctype === null || document === null) continue;
      const definition = this.doctypes.get(doctype);
      if (!definition || definition.istable) {
        share.refuse('unknown_doctype', 'doctype', `there is no doctype \`${doctype}\``);
      } else this.mention(doctype, document, share, 'document');
      this.shares.push({ user, doctype, document, actions, until, ...placeOf(share) });
    }
  }

  private itemsOf(file: MapReader, key: string): readonly Located[] {
    file.required(key);
    return file.list(key);
  }

  private scopeOf(record: MapReader): ScopeEntry[] {
    return readScope(record, this.doctypes, ({ dimension, value }, offset) => {
      this.mentions.push({ doctype: dimension, name: value, where: record.source.at(offset) });
    });
  }

  private holderOf(file: MapReader): Holder | null {
    const [user, group] = [file.optionalText('user'), file.optionalText('group')];
    if (file.has('user') === file.has('group')) {
      file.refuse('missing_key', 'user', 'this file says for whom it is: `user` or `group`');
      return null;
    }
    if (user !== null) this.mention('User', user, file, 'user');
    if (group !== null) this.mention('Group', group, file, 'group');
    const name = user ?? group;
    return name === null ? null : { type: user === null ? 'Group' : 'User', name };
  }

  private mention(doctype: string, name: string, record: MapReader, key = 'user'): void {
    const offset = record.entries().get(key)?.offset ?? record.offset;
    this.mentions.push({ doctype, name, where: record.source.at(offset) });
  }
}

const KEYS: Readonly<Record<Kind | 'manifest', readonly string[]>> = {
  manifest: ['format', 'holds'],
  roles: ['format', 'role', 'description', 'rules'],
  groups: ['format', 'group', 'description', 'members'],
  grants: ['format', 'user', 'group', 'grants'],
  authorities: ['format', 'user', 'group', 'authorities'],
  shares: ['format', 'user', 'shares'],
};

const PLACES = `there are ${MANIFEST} and ${KINDS.map((kind) => `${kind}/NAME.yaml`).join(', ')}`;

function placeOf(record: MapReader): InFile {
  const name = record.has('name') ? record.text('name') : null;
  return { name, where: record.where() };
}

/** A name in the one form in which a document has it: otherwise it would never be found again. */
function nameIn(file: MapReader, key: string): string | null {
  const name = file.text(key);
  if (name === null) return null;
  try {
    if (checkName(name) === name) return name;
    file.refuse('bad_value', key, 'a name has no spaces around it and is in Unicode form NFC');
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    file.refuse('bad_value', key, error.message);
  }
  return null;
}

function timesOf(record: MapReader): { from: string | null; until: string | null } {
  const [from, until] = [record.moment('from'), record.moment('until')];
  if (from !== null && until !== null && until <= from) {
    record.refuse('until_before_from', 'until', '`until` must be later than `from`');
  }
  return { from, until };
}
