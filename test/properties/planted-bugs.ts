/** Bugs to plant in the kernel, as replacements of its text. Each must be caught. */

export type PlantedBug = {
  readonly bug: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
};

export const planted = (bug: string, file: string, find: string, replace: string): PlantedBug => ({
  bug,
  file,
  find,
  replace,
});

const SCOPE_BUGS: readonly PlantedBug[] = [
  planted(
    '`*` covers a blank',
    'profile-words.ts',
    'return (head & COVERS_BLANK) !== 0;',
    'return (head & (COVERS_BLANK | COVERS_ANY)) !== 0;',
  ),
  planted(
    'lists take a blank for covered by `*`',
    'coverage.ts',
    'return coverage.blank ? every([]) : not(blank);',
    'return every([]);',
  ),
  planted(
    '`(blank)` covers everything',
    'coverage.ts',
    'else if (value === BLANK_VALUE) blank = true;',
    'else if (value === BLANK_VALUE) any = blank = true;',
  ),
  planted(
    'descendants always',
    'coverage.ts',
    'descendants ? (dimension?.lasts[number] ?? number) : number',
    'dimension?.lasts[number] ?? number',
  ),
  planted(
    'descendants never',
    'coverage.ts',
    'descendants ? (dimension?.lasts[number] ?? number) : number',
    'number',
  ),
  planted(
    'children, but not their children',
    'dimension.ts',
    '= lasts[node.number] ?? node.number;',
    '= node.number;',
  ),
  planted(
    'spans that overlap are not joined',
    'spans.ts',
    'if (end > 0 && first <= at(joined, end) + 1) joined[end] = Math.max(at(joined, end), last);',
    'if (end > 0 && first <= at(joined, end) + 1) joined[end] = last;',
  ),
  planted(
    'the last span is never looked at',
    'spans.ts',
    'let high = count;',
    'let high = Math.max(count - 1, 1);',
  ),
  planted(
    'a dimension that the grant leaves out is covered',
    'holdings.ts',
    'else if (!rule.except.has(dimension)) unnamed.push(dimension);',
    '',
  ),
  planted(
    '`except` frees a dimension that the grant names',
    'holdings.ts',
    'if (coverage) tests.push',
    'if (coverage && !rule.except.has(dimension)) tests.push',
  ),
  planted('`except` is not read', 'compile.ts', 'new Set(rule.except)', 'new Set()'),
  planted(
    'one dimension path is enough',
    'holdings.ts',
    'of doctype.compiledPaths) {',
    'of doctype.compiledPaths.slice(0, 1)) {',
  ),
  planted(
    'any one of the paths is enough',
    'profile-words.ts',
    'if (!coversAt(this.words, coverage, number)) return false;',
    `if (coversAt(this.words, coverage, number)) return true;
        if (path === paths.length - 1) return false;`,
  ),
  planted(
    'reasons are given by grants that do not cover the document',
    'decide.ts',
    'if (!testHolds(test, document)) return false;',
    '',
  ),
  planted(
    '`within` reaches everything',
    'holdings.ts',
    "rule.source.reach !== 'everything'",
    "rule.source.reach === 'everything'",
  ),
];

const ROW_BUGS: readonly PlantedBug[] = [
  planted(
    'one row that is covered is enough',
    'profile-words.ts',
    'return values.every((value) =>',
    'return values.some((value) =>',
  ),
  planted(
    'one row that is covered is a reason, and enough for a ceiling',
    'path-values.ts',
    'values?.every((value)',
    'values?.some((value)',
  ),
  planted(
    'no rows count as covered',
    'path-values.ts',
    'return rows.length === 0 ? [null] : rows.map(',
    'return rows.map(',
  ),
  planted(
    'rows without a value are left out',
    'path-values.ts',
    'rows.map((row) => fieldValue(row, column));',
    'rows.map((row) => fieldValue(row, column)).filter((value) => value !== null);',
  ),
  planted(
    'only the first row is looked at',
    'path-values.ts',
    'rows.map((row)',
    'rows.slice(0, 1).map((row)',
  ),
  planted(
    'lists take one row for all of them',
    'matches.ts',
    '[NO_VALUES] : rows).every(',
    '[NO_VALUES] : rows).some(',
  ),
  planted(
    'lists take documents without rows',
    'matches.ts',
    '(rows.length === 0 ? [NO_VALUES] : rows).every(',
    'rows.every(',
  ),
  planted(
    'lists look for the value of rows on the document',
    'path-values.ts',
    'return table === null ? condition : everyRow(table, condition);',
    'return condition;',
  ),
  planted(
    'rows are covered by several grants, each some of them',
    'join-ways.ts',
    'if (doctype.compiledPaths[path]?.table === null) parts',
    'parts',
  ),
];

const JOINING_BUGS: readonly PlantedBug[] = [
  planted(
    'an action reaches as far as another one does',
    'join-ways.ts',
    '${part.levels} ${ids.all(part.coverages, -1)}`;',
    '${part.levels}`;',
  ),
  planted(
    'conditions are joined away',
    'join-ways.ts',
    '`${ids.of(part.when)} ${part.levels} ${ids.all(part.coverages, -1)}`',
    '`${part.levels} ${ids.all(part.coverages, -1)}`',
  ),
  planted(
    'levels are joined away',
    'join-ways.ts',
    '`${ids.of(part.when)} ${part.levels} ${ids.all(part.coverages, -1)}`',
    '`${ids.of(part.when)} ${ids.all(part.coverages, -1)}`',
  ),
  planted(
    'the company of one grant goes with the branch of another',
    'join-ways.ts',
    '`${ids.of(part.when)} ${ids.all(part.coverages, path)}`',
    '`${ids.of(part.when)}`',
  ),
  planted(
    'joined grants give each the actions of all',
    'join-ways.ts',
    '${restricts} ${part.actions} ',
    '${restricts} ',
  ),
  planted(
    'of joined grants only the first covers',
    'join-ways.ts',
    'coverages: first.coverages.with(path, joinCoverages(coverages))',
    'coverages: first.coverages',
  ),
];

const HOLDING_BUGS: readonly PlantedBug[] = [
  planted(
    'valid at the very moment it ends',
    'validity.ts',
    'now < validity.until',
    'now <= validity.until',
  ),
  planted(
    'not yet valid when it begins',
    'validity.ts',
    'validity.from <= now',
    'validity.from < now',
  ),
  planted(
    'an expired grant holds',
    'holdings.ts',
    'return isValid(grant.source, now) && (',
    'return (',
  ),
  planted(
    'an expired membership holds',
    'holdings.ts',
    '(member === null || isValid(member, now))',
    'true',
  ),
  planted(
    'what was worked out is good for ever',
    'profile-store.ts',
    'return from <= now && now < until ? place : undefined;',
    'return place;',
  ),
  planted(
    'what was worked out is good for the past as well',
    'profile-store.ts',
    'return from <= now && now < until ? place : undefined;',
    'return now < until ? place : undefined;',
  ),
  planted(
    'what was worked out holds when it ends',
    'profile-store.ts',
    'return from <= now && now < until ? place : undefined;',
    'return from <= now && now <= until ? place : undefined;',
  ),
  planted('the end of a share ends nothing', 'profiles.ts', 'narrow(window, share, now);', ''),
  planted(
    'the end of a membership ends nothing',
    'profiles.ts',
    'if (member) narrow(window, member, now);',
    '',
  ),
  planted('an expired share opens', 'profiles.ts', 'if (!isValid(share, now)) continue;', ''),
  planted(
    'an expired share is a reason',
    'holdings.ts',
    'shares.filter((share) => isValid(share, now))',
    '[...shares]',
  ),
  planted(
    'system principals are in Everyone',
    'holdings.ts',
    "return principal.kind === 'user' ? EVERYONE : null;",
    'return EVERYONE;',
  ),
  planted(
    'guests are in Everyone',
    'holdings.ts',
    "if (principal.kind === 'guest') return GUESTS;",
    "if (principal.kind === 'guest') return EVERYONE;",
  ),
  planted(
    'users are guests too',
    'holdings.ts',
    "principal.kind === 'user' ? EVERYONE : null",
    "principal.kind === 'user' ? GUESTS : null",
  ),
  planted(
    "a group's name is a user's",
    'compile.ts',
    "userGrants = grantsTo('User', grants)",
    "userGrants = grantsTo('Group', grants)",
  ),
  planted(
    'visible to whoever holds any role',
    'profile-words.ts',
    'return this.someList(profile, rules, doctype, () => true);',
    'return (this.words[profile + SCOPES] as number) > 0;',
  ),
];

const RULE_BUGS: readonly PlantedBug[] = [
  planted('drafts are in force', 'compile.ts', "rule.status !== 'in force' || ", ''),
  planted(
    '`when` is not read by the check',
    'profile-words.ts',
    'return condition === null || matches(condition, document, me);',
    'return true;',
  ),
  planted(
    'reasons are given by rules whose condition does not hold',
    'decide.ts',
    'return when === null || matches(when, document, me);',
    'return true;',
  ),
  planted(
    '`when` is not read by lists',
    'list-filter.ts',
    'part.when === null ? conditions : [...conditions, part.when]',
    'conditions',
  ),
  planted(
    'a blank meets a comparison',
    'matches.ts',
    'return value !== null && inOrder(value, condition.op, condition.value);',
    'return value === null || inOrder(value, condition.op, condition.value);',
  ),
  planted('`$me` is anybody', 'matches.ts', '=== me;', '!== null;'),
  planted('`not` is dropped', 'matches.ts', 'return !matches(', 'return matches('),
  planted('patterns mind the case', 'matches.ts', "'iu'", "'u'"),
  planted('`_` is any run', 'matches.ts', "source.push('[^]');", "source.push('[^]*');"),
  planted(
    'selecting brings reading along',
    'actions.ts',
    "new Set(['select', 'inspect',",
    "new Set(['inspect',",
  ),
  planted(
    'inspecting brings reading along',
    'actions.ts',
    "new Set(['select', 'inspect',",
    "new Set(['select',",
  ),
  planted(
    'writing brings no reading along',
    'actions.ts',
    "all.add('read').add('select')",
    "all.add('select')",
  ),
  planted(
    'every level opens',
    'list-filter.ts',
    'level === undefined || (part.levels & (1 << level)) !== 0',
    'true',
  ),
  planted(
    'only the first witness opens levels',
    'profile-words.ts',
    'if (isEnough) return levels;',
    'return levels;',
  ),
];

const SHARE_AND_CEILING_BUGS: readonly PlantedBug[] = [
  planted(
    'a share opens every document of its doctype',
    'profile-store.ts',
    '(byName.get(name) ?? 0)',
    '([...byName.values()][0] ?? 0)',
  ),
  planted(
    'a share opens every action',
    'profile-store.ts',
    '(actions & asked.action) === 0 ?',
    'actions === 0 ?',
  ),
  planted(
    'a share of one action lists for all',
    'profiles.ts',
    '(actions & action) !== 0',
    'actions !== 0',
  ),
  planted(
    'reasons are given by shares of other documents',
    'decide.ts',
    "share.document === document['name'] && ",
    '',
  ),
  planted(
    'reasons are given by shares of other actions',
    'decide.ts',
    ' && withImplied(share.actions).has(action)',
    '',
  ),
  planted(
    'a share opens level 1',
    'profile-store.ts',
    'levels : levels | 1;',
    'levels : levels | 3;',
  ),
  planted(
    'a share lists at every level',
    'list-filter.ts',
    '(level === undefined || level === 0)',
    'true',
  ),
  planted(
    'only the first ceiling limits',
    'decide.ts',
    'principal.ceilings.every((ceiling) =>',
    'principal.ceilings.slice(0, 1).every((ceiling) =>',
  ),
  planted('ceilings do not limit lists', 'list-filter.ts', ', ...ceilings]', ']'),
  planted(
    "a ceiling's scope does not limit",
    'ceiling.ts',
    'if (coverage !== undefined && !coversPath(coverage, path, document)) return false;',
    'void coverage;',
  ),
  planted(
    "a ceiling's actions do not limit",
    'ceiling.ts',
    '(actions & actionBit(action)) !== 0 && ',
    '',
  ),
  planted(
    'shares pass by the ceilings',
    'decide.ts',
    '(principal.ceilings.length === 0 ||',
    '(principal.ceilings.length === 0 || world.shares.has(principal.id) ||',
  ),
  planted(
    'a permit for a refusal',
    'permit.ts',
    'if (!decision.allowed) return { decision, permit: null };',
    '',
  ),
];

const AUTHORITY_BUGS: readonly PlantedBug[] = [
  planted(
    'members may give to their group',
    'authority.ts',
    'some((member) => member.group === grantee.name)',
    'some((member) => member.user === grantee.name)',
  ),
  planted(
    'anybody may give to Everyone',
    'authority.ts',
    'if (grantee.name === EVERYONE || grantee.name === GUESTS) return true;',
    'if (grantee.name === GUESTS) return true;',
  ),
  planted(
    'anybody may give to Guests',
    'authority.ts',
    'if (grantee.name === EVERYONE || grantee.name === GUESTS) return true;',
    'if (grantee.name === EVERYONE) return true;',
  ),
  planted(
    'who has left a group still gives as it',
    'authority.ts',
    '(member) => member.group === holder.name && isValid(member, now),',
    '(member) => member.group === holder.name,',
  ),
  planted('any role lies inside an authority', 'authority.ts', 'hasRole(authority, gain) &&', ''),
  planted(
    'an authority over every role leaves none out',
    'authority.ts',
    'return !exceptRoles.includes(role);',
    'return true;',
  ),
  planted(
    'every role may be given by whoever leaves some out',
    'authority.ts',
    'return exceptRoles.every((name) => left.includes(name));',
    'return true;',
  ),
  planted(
    'a dimension left out needs no `(blank)`',
    'authority.ts',
    'return outerPart.any && outerPart.blank;',
    'return outerPart.any;',
  ),
  planted(
    'a blank lies inside `*`',
    'authority.ts',
    'if (inner.blank && !outer.blank) return false;',
    '',
  ),
  planted('`*` lies inside some values', 'authority.ts', 'if (inner.any) return false;', ''),
  planted(
    'children to come lie inside a single value',
    'authority.ts',
    '!entry.descendants ||',
    'true ||',
  ),
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...SCOPE_BUGS,
  ...ROW_BUGS,
  ...JOINING_BUGS,
  ...HOLDING_BUGS,
  ...RULE_BUGS,
  ...SHARE_AND_CEILING_BUGS,
  ...AUTHORITY_BUGS,
];
