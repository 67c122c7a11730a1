/** A role with its rules, out of a file. */
import { isAction } from '../../authz/index.ts';
import { readCondition } from '../../store/rule-condition.ts';
import { MapReader, readJson } from './map-reader.ts';
import type { Doctypes } from './read-scope.ts';
import type { Located } from './read-yaml.ts';
import { type InFile, inOrder, orderedActions, type RuleRecord } from './records.ts';

const KEYS = ['name', 'doctype', 'actions', 'levels', 'reach', 'except', 'when', 'status'];

/** Reads one rule of a role; null where it does not say what it is for. */
export function readRule(
  role: string,
  file: MapReader,
  node: Located,
  doctypes: Doctypes,
): (RuleRecord & InFile) | null {
  const rule = new MapReader(file.source, node, 'a rule', KEYS);
  const doctype = rule.text('doctype');
  if (doctype === null) return null;
  const definition = doctypes.get(doctype);
  if (!definition || definition.istable) {
    rule.refuse('unknown_doctype', 'doctype', `there is no doctype \`${doctype}\``);
  }
  const status = rule.choice('status', ['draft', 'in force']) ?? 'in force';
  const reach = rule.choice('reach', ['within', 'everything']);
  if (reach === null && !rule.has('reach') && status === 'in force') {
    rule.refuse('no_reach', 'doctype', 'choose a `reach`, or say `status: draft`');
  }
  return {
    ...{ role, doctype, status, reach },
    actions: readActions(rule, status === 'draft'),
    levels: readLevels(rule),
    except: readExcept(rule, doctype, doctypes),
    when: readWhen(rule, doctype, doctypes),
    name: rule.optionalText('name'),
    where: rule.where(),
  };
}

/** Actions of a rule or a share; a draft may have none yet. */
export function readActions(record: MapReader, mayBeNone = false) {
  record.required('actions');
  const words = record.words('actions');
  for (const { text, offset } of words) {
    if (!isAction(text)) {
      record.source.refuse('unknown_action', offset, `there is no action \`${text}\``);
    }
  }
  if (words.length === 0 && record.has('actions') && !mayBeNone) {
    record.refuse('bad_value', 'actions', 'at least one action is needed');
  }
  return orderedActions(words.map(({ text }) => text));
}

/** Field levels, 0 alone where nothing is said. */
function readLevels(rule: MapReader): number[] {
  if (!rule.has('levels')) return [0];
  const levels = new Set<number>();
  const items = rule.list('levels');
  for (const item of items) {
    const isLevel = item.kind === 'text' && item.isPlain && /^[0-9]$/.test(item.text);
    const level = isLevel ? Number(item.text) : -1;
    if (!isLevel) rule.source.refuse('bad_value', item.offset, 'a level is 0 to 9');
    else if (levels.has(level)) {
      rule.source.refuse('doubled_value', item.offset, `level ${level} stands there twice`);
    }
    levels.add(level);
  }
  if (items.length === 0) rule.refuse('bad_value', 'levels', 'at least one level is needed');
  return [...levels].sort((a, b) => a - b);
}

function readExcept(rule: MapReader, doctype: string, doctypes: Doctypes): string[] {
  const paths = doctypes.get(doctype)?.dimension_paths ?? [];
  const words = rule.words('except');
  for (const { text, offset } of words) {
    if (!paths.some(({ dimension }) => dimension === text)) {
      rule.source.refuse('unknown_dimension', offset, `${doctype} does not carry \`${text}\``);
    }
  }
  return words.map(({ text }) => text).sort(inOrder);
}

function readWhen(rule: MapReader, doctype: string, doctypes: Doctypes): unknown {
  const node = rule.entries().get('when');
  if (node === undefined) return null;
  const when = readJson(rule.source, node);
  try {
    readCondition(when, doctypes.get(doctype));
  } catch (error) {
    rule.refuse('bad_value', 'when', (error as Error).message);
  }
  return when;
}
