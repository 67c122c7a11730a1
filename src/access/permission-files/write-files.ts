/** Permissions as files: the same permissions give the same bytes, in an order for reviews. */
import { hash } from 'node:crypto';
import { shortMoment } from './describe.ts';
import { quoted } from './plain-text.ts';
import { FORMAT, MANIFEST } from './read-files.ts';
import {
  CONTENT,
  type Holder,
  inOrder,
  KINDS,
  type Kind,
  type Permissions,
  type RuleRecord,
  type ScopeEntry,
  type Times,
} from './records.ts';

/** Columns that a list may take before it is written one item a line. */
const COLUMNS_MAX = 96;

/** Records of one file; a file of many more would be long to read and slow to compare. */
const RECORDS_MAX = 5000;

/** Characters of a file's name; the name of what it is for stands in it in full. */
const SLUG_CHARACTERS_MAX = 80;

type Named = { readonly name: string };

/** Texts by path; each ends with a line break. */
export function writeFiles(permissions: Permissions<Named>): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const kinds = KINDS.filter((kind) => permissions.kinds.has(kind));
  files.set(
    MANIFEST,
    document([
      '# Roles and grants as files: docs/guides/permissions-as-code.md tells how to read them.',
      ...head(),
      `holds: [${kinds.join(', ')}]`,
    ]),
  );
  for (const kind of kinds) {
    const written = WRITERS[kind](permissions);
    const paths = pathsOf(written.map(({ owner }) => owner));
    for (const { owner, lines, parts } of written) {
      const path = `${kind}/${paths.get(owner) ?? ''}`;
      const chunks = parts === null ? [[]] : chunked(parts);
      for (const [index, chunk] of chunks.entries()) {
        const number = index === 0 ? '' : `--${index + 1}`;
        files.set(`${path}${number}.yaml`, document([...head(), ...lines, ...chunk.flat()]));
      }
    }
  }
  return files;
}

/** One file, or several where its parts are many. */
type Written = {
  readonly owner: string;
  readonly lines: readonly string[];
  readonly parts: readonly (readonly string[])[] | null;
};

const WRITERS: Readonly<Record<Kind, (all: Permissions<Named>) => Written[]>> = {
  roles: ({ roles, rules }) => {
    const byRole = groupedBy(rules, ({ role }) => role);
    return roles.map(({ role, description }) => ({
      owner: role,
      lines: [
        `role: ${quoted(role)}`,
        ...optional('description', description),
        ...listOf('rules', items(byRole.get(role) ?? [], CONTENT.rule, ruleOrder, ruleLines)),
      ],
      parts: null,
    }));
  },
  groups: ({ groups }) =>
    groups.map(({ group, description, members }) => ({
      owner: group,
      lines: [
        `group: ${quoted(group)}`,
        ...optional('description', description),
        ...(members.length === 0
          ? []
          : listOf(
              'members',
              [...members]
                .sort((a, b) => inOrder(CONTENT.member(a), CONTENT.member(b)))
                .map((member) => item([`user: ${quoted(member.user)}`, ...timeLines(member)])),
            )),
      ],
      parts: null,
    })),
  grants: ({ grants }) =>
    byHolder('grants', grants, (list) =>
      items(list, CONTENT.grant, CONTENT.grant, ({ role, scope, reason, ...grant }) => [
        `role: ${quoted(role)}`,
        ...scopeLines(scope),
        ...timeLines(grant),
        ...optional('reason', reason),
      ]),
    ),
  authorities: ({ authorities }) =>
    byHolder('authorities', authorities, (list) =>
      items(list, CONTENT.authority, CONTENT.authority, ({ roles, exceptRoles, scope }) => [
        ...flow('roles', roles.map(quoted)),
        ...(exceptRoles.length > 0 ? flow('except_roles', exceptRoles.map(quoted)) : []),
        ...scopeLines(scope),
      ]),
    ),
  shares: ({ shares }) =>
    [...groupedBy(shares, ({ user }) => user)].map(([user, list]) => ({
      owner: user,
      lines: [`user: ${quoted(user)}`, 'shares:'],
      parts: items(list, CONTENT.share, CONTENT.share, ({ doctype, document, actions, until }) => [
        `doctype: ${quoted(doctype)}`,
        `document: ${quoted(document)}`,
        `actions: [${actions.join(', ')}]`,
        ...timeLines({ from: null, until }),
      ]),
    })),
};

function byHolder<One extends { readonly holder: Holder }>(
  key: string,
  records: readonly One[],
  itemsOf: (list: readonly One[]) => readonly (readonly string[])[],
): Written[] {
  const byOwner = groupedBy(records, ({ holder }) => `${holder.type.toLowerCase()} ${holder.name}`);
  return [...byOwner].map(([owner, list]) => {
    const { type, name } = list[0]?.holder ?? { type: 'User', name: '' };
    const lines = [`${type.toLowerCase()}: ${quoted(name)}`, `${key}:`];
    return { owner, lines, parts: itemsOf(list) };
  });
}

function ruleOrder({ doctype, status, ...rest }: RuleRecord): string {
  return JSON.stringify([doctype, status === 'draft', CONTENT.rule({ doctype, status, ...rest })]);
}

function ruleLines({ doctype, actions, levels, reach, except, when, status }: RuleRecord) {
  return [
    `doctype: ${quoted(doctype)}`,
    `actions: [${actions.join(', ')}]`,
    ...(levels.length === 1 && levels[0] === 0 ? [] : [`levels: [${levels.join(', ')}]`]),
    ...(reach === null ? [] : [`reach: ${reach}`]),
    ...(except.length === 0 ? [] : flow('except', except.map(quoted))),
    ...(when === null ? [] : whenLines(when)),
    ...(status === 'draft' ? ['status: draft'] : []),
  ];
}

function whenLines(when: unknown): string[] {
  if (!Array.isArray(when) || when.length === 0) return [`when: ${jsonText(when)}`];
  return ['when:', ...when.map((part) => `  - ${jsonText(part)}`)];
}

function jsonText(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return Array.isArray(value) ? `[${value.map(jsonText).join(', ')}]` : JSON.stringify(value);
}

function scopeLines(scope: readonly ScopeEntry[]): string[] {
  if (scope.length === 0) return ['scope: {}'];
  const byDimension = groupedBy(scope, ({ dimension }) => dimension);
  return [
    'scope:',
    ...[...byDimension].flatMap(([dimension, entries]) =>
      flow(
        quoted(dimension),
        entries.map(({ value, descendants }) =>
          descendants ? `{value: ${quoted(value)}, descendants: true}` : quoted(value),
        ),
      ).map((line) => `  ${line}`),
    ),
  ];
}

function timeLines({ from, until }: Times): string[] {
  return [
    ...(from === null ? [] : [`from: "${shortMoment(from)}"`]),
    ...(until === null ? [] : [`until: "${shortMoment(until)}"`]),
  ];
}

function optional(key: string, text: string | null): string[] {
  return text === null ? [] : [`${key}: ${quoted(text)}`];
}

/** A list on one line, or one item a line where it would be too long. */
function flow(key: string, values: readonly string[]): string[] {
  const line = `${key}: [${values.join(', ')}]`;
  return line.length <= COLUMNS_MAX ? [line] : [`${key}:`, ...values.map((one) => `  - ${one}`)];
}

/** Records in their order; one that says the same as another is told apart by its name. */
function items<One extends Named>(
  records: readonly One[],
  contentOf: (one: One) => string,
  orderOf: (one: One) => string,
  linesOf: (one: One) => readonly string[],
): string[][] {
  const counts = new Map<string, number>();
  for (const one of records) {
    const content = contentOf(one);
    counts.set(content, (counts.get(content) ?? 0) + 1);
  }
  return records
    .map((one) => ({ one, order: orderOf(one), content: contentOf(one) }))
    .sort((a, b) => inOrder(a.order, b.order) || inOrder(a.one.name, b.one.name))
    .map(({ one, content }) => {
      const isDoubled = (counts.get(content) ?? 0) > 1;
      return item([...linesOf(one), ...(isDoubled ? [`name: ${quoted(one.name)}`] : [])]);
    });
}

function item(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`));
}

function listOf(key: string, found: readonly (readonly string[])[]): string[] {
  return found.length === 0 ? [`${key}: []`] : [`${key}:`, ...found.flat()];
}

function head(): string[] {
  return [`format: ${FORMAT}`];
}

function document(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function chunked<Item>(all: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < all.length; start += RECORDS_MAX) {
    chunks.push(all.slice(start, start + RECORDS_MAX));
  }
  return chunks;
}

function groupedBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** File names that say whose file it is; where two would be the same, each has a fingerprint. */
function pathsOf(owners: readonly string[]): ReadonlyMap<string, string> {
  const slugs = new Map(owners.map((owner) => [owner, slugOf(owner)]));
  const counts = new Map<string, number>();
  for (const slug of slugs.values()) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  return new Map(
    [...slugs].map(([owner, slug]) => {
      const isTaken = slug === '' || (counts.get(slug) ?? 0) > 1;
      const mark = hash('sha256', owner).slice(0, 8);
      return [owner, isTaken ? `${slug === '' ? 'name' : slug}--${mark}` : slug];
    }),
  );
}

/** Lower case, as some file systems tell no other, without anything that a shell would read. */
function slugOf(owner: string): string {
  return owner
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^a-z0-9._@+]+/g, '-')
    .slice(0, SLUG_CHARACTERS_MAX)
    .replace(/^[-.]+|[-.]+$/g, '');
}
