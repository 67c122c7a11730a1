/**
 * What every role may do with every doctype, as numbers in one memory. It depends on the rules
 * alone, so that all who hold a role share it.
 *
 * First comes, for each role and doctype by their numbers, where their list begins, or 0. A list
 * is a word with the actions of all its rules, then for each rule a word of actions, levels and
 * `LAST_RULE`, the number of its condition, and the paths that a grant need not name, as bits.
 */

import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledRule, CompiledRules } from './compiled-grant.ts';
import type { Filter } from './filter.ts';

const ACTIONS_MASK = 0xffff;
export const LEVELS_SHIFT = 16;
export const LEVELS_MASK = 0x3ff;
export const LAST_RULE = 1 << 26;
/** Instead of paths: the rule reaches everything. */
export const EVERYTHING = -1;
export const RULE_WORDS = 3;

export class RuleTable {
  readonly words: Int32Array;
  /** By number; 0 stands for none. */
  readonly conditions: readonly (Filter | null)[];
  private readonly roleNumbers: ReadonlyMap<string, number>;
  private readonly doctypeCount: number;

  constructor(
    rules: CompiledRules,
    roles: ReadonlySet<string>,
    doctypes: ReadonlyMap<string, CompiledDoctype>,
  ) {
    this.roleNumbers = new Map([...roles].map((role, number) => [role, number]));
    this.doctypeCount = doctypes.size;
    const words: number[] = new Array(roles.size * doctypes.size).fill(0);
    const conditions: (Filter | null)[] = [null];
    for (const [role, byDoctype] of rules) {
      for (const [name, own] of byDoctype) {
        const doctype = doctypes.get(name);
        if (!doctype || own.length === 0) continue;
        words[this.cellOf(this.numberOf(role), doctype)] = words.length;
        words.push(own.reduce((bits, rule) => bits | rule.actionBits, 0));
        for (const [index, rule] of own.entries()) {
          const last = index === own.length - 1 ? LAST_RULE : 0;
          const condition = rule.source.when === null ? 0 : conditions.push(rule.source.when) - 1;
          words.push((rule.actionBits & ACTIONS_MASK) | (rule.levelBits << LEVELS_SHIFT) | last);
          words.push(condition, exceptedPaths(rule, doctype));
        }
      }
    }
    this.words = Int32Array.from(words);
    this.conditions = conditions;
  }

  /** Stays the same for as long as the roles of the world do. */
  numberOf(role: string): number {
    const number = this.roleNumbers.get(role);
    if (number === undefined) throw new Error(`there is no role ${role}`);
    return number;
  }

  /** Where the list of the role for the doctype begins; 0 for none. */
  listOf(role: number, doctype: CompiledDoctype): number {
    return this.words[this.cellOf(role, doctype)] as number;
  }

  private cellOf(role: number, doctype: CompiledDoctype): number {
    return role * this.doctypeCount + doctype.number;
  }
}

function exceptedPaths({ source, except }: CompiledRule, { compiledPaths }: CompiledDoctype) {
  if (source.reach === 'everything') return EVERYTHING;
  let bits = 0;
  for (const [path, { dimension }] of compiledPaths.entries()) {
    if (except.has(dimension.name)) bits |= 1 << path;
  }
  return bits;
}
