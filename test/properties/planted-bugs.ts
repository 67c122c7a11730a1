/** Bugs to plant in the kernel, as replacements of its text. Each must be caught. */

export type PlantedBug = {
  readonly bug: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
};

const planted = (bug: string, file: string, find: string, replace: string): PlantedBug => ({
  bug,
  file,
  find,
  replace,
});

const SCOPE_BUGS: readonly PlantedBug[] = [
  planted(
    '`*` covers a blank',
    'coverage.ts',
    'if (value === null) return coverage.blank;',
    'if (value === null) return coverage.blank || coverage.any;',
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
    'coverage.blank = true;',
    'coverage.any = coverage.blank = true;',
  ),
  planted('descendants always', 'coverage.ts', 'if (!entry.descendants) continue;', ''),
  planted('descendants never', 'coverage.ts', 'if (!entry.descendants) continue;', 'continue;'),
  planted(
    'children, but not their children',
    'coverage.ts',
    'waiting.push(child);',
    'into.add(child);',
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
    'of doctype.paths) {',
    'of doctype.paths.slice(0, 1)) {',
  ),
  planted(
    'any one of the paths is enough',
    'decide.ts',
    `if (way.unnamed.length > 0) return false;
  for (const test of way.tests) {
    if (!covers(test.coverage, fieldValue(document, test.path))) return false;
  }`,
    `if (way.unnamed.length > 0) return false;
  const isCovered = (test: (typeof way.tests)[number]) =>
    covers(test.coverage, fieldValue(document, test.path));
  if (way.tests.length > 0 && !way.tests.some(isCovered)) return false;`,
  ),
  planted(
    '`within` reaches everything',
    'holdings.ts',
    "rule.source.reach !== 'everything'",
    "rule.source.reach === 'everything'",
  ),
];

const HOLDING_BUGS: readonly PlantedBug[] = [
  planted(
    'valid at the very moment it ends',
    'compile.ts',
    'now < validity.until',
    'now <= validity.until',
  ),
  planted(
    'not yet valid when it begins',
    'compile.ts',
    'validity.from <= now',
    'validity.from < now',
  ),
  planted(
    'an expired grant holds',
    'holdings.ts',
    'if (isValid(grant.source, now)) holdings.push({ grant, member: null });',
    'holdings.push({ grant, member: null });',
  ),
  planted(
    "a group's expired grant holds",
    'holdings.ts',
    'if (isValid(grant.source, now)) holdings.push({ grant, member });',
    'holdings.push({ grant, member });',
  ),
  planted('an expired membership holds', 'holdings.ts', 'if (!isValid(member, now)) continue;', ''),
  planted(
    'an expired share opens',
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
    "userGrants: grantsTo('User', grants)",
    "userGrants: grantsTo('Group', grants)",
  ),
  planted(
    'visible to whoever holds any role',
    'holdings.ts',
    'world.rules.get(holding.grant.source.role)?.has(doctype)',
    'world.rules.has(holding.grant.source.role)',
  ),
];

const RULE_BUGS: readonly PlantedBug[] = [
  planted('drafts are in force', 'compile.ts', "rule.status !== 'in force' || ", ''),
  planted(
    '`when` is not read by the check',
    'decide.ts',
    'return when === null || matches(when, document, me);',
    'return true;',
  ),
  planted(
    '`when` is not read by lists',
    'list-filter.ts',
    'when === null ? conditions : [...conditions, when]',
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
    'level === undefined || way.rule.levels.has(level)',
    'true',
  ),
  planted(
    'only the first witness opens levels',
    'decide.ts',
    'of decision.because) {',
    'of decision.because.slice(0, 1)) {',
  ),
];

const SHARE_AND_CEILING_BUGS: readonly PlantedBug[] = [
  planted(
    'a share opens every document of its doctype',
    'decide.ts',
    "share.document === document['name'] && ",
    '',
  ),
  planted(
    'a share opens every action',
    'decide.ts',
    ' && withImplied(share.actions).has(action)',
    '',
  ),
  planted('a share opens level 1', 'decide.ts', 'levels.add(0);', 'levels.add(0).add(1);'),
  planted(
    'a share lists at every level',
    'list-filter.ts',
    '(level === undefined || level === 0)',
    'true',
  ),
  planted(
    'only the first ceiling limits',
    'decide.ts',
    'of principal.ceilings) {',
    'of principal.ceilings.slice(0, 1)) {',
  ),
  planted('ceilings do not limit lists', 'list-filter.ts', ', ...ceilings]', ']'),
  planted(
    'a ceiling covers what it names not to',
    'ceiling.ts',
    'coverage === undefined || covers(',
    'coverage !== undefined || covers(',
  ),
  planted(
    "a ceiling's actions do not limit",
    'ceiling.ts',
    '(ceiling.actions?.includes(action) ?? true) && ',
    '',
  ),
  planted(
    'shares pass by the ceilings',
    'decide.ts',
    'for (const ceiling of principal.ceilings) {',
    "for (const ceiling of because.some((one) => one.kind === 'share') ? [] : principal.ceilings) {",
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
    `  if (grantee.name === EVERYONE) return true;
`,
    '',
  ),
  planted(
    'who has left a group still gives as it',
    'authority.ts',
    '(member) => member.group === holder.name && isValid(member, now),',
    '(member) => member.group === holder.name,',
  ),
  planted(
    'any role lies inside an authority',
    'authority.ts',
    'authority.roles.includes(role) &&',
    '',
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
  planted('`*` lies inside some values', 'authority.ts', 'return !inner.any && ', 'return '),
  planted(
    'children to come lie inside a single value',
    'authority.ts',
    'entry.dimension !== dimension || !entry.descendants ||',
    'true ||',
  ),
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...SCOPE_BUGS,
  ...HOLDING_BUGS,
  ...RULE_BUGS,
  ...SHARE_AND_CEILING_BUGS,
  ...AUTHORITY_BUGS,
];
