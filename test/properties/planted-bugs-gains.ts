/** Bugs to plant in what is said of a change, in who may make it, and in duties kept apart. */
import { type PlantedBug, planted } from './planted-bugs.ts';

export const GAIN_BUGS: readonly PlantedBug[] = [
  planted(
    'a new member gains nothing that the group holds',
    'gains-of-records.ts',
    '.filter(({ grantee }) => isSameGrantee(grantee, holder))',
    '.filter(() => false)',
  ),
  planted(
    'a rule gives nothing to who holds its role',
    'gains-of-records.ts',
    '[powerGain(sides.before, rule), ...gainsOfRole(sides, rule.role, now)]',
    '[powerGain(sides.before, rule)]',
  ),
  planted(
    'a condition that goes away opens nothing',
    'rule-power.ts',
    'if (source.when !== null && !isSame(source.when, power.when)) return false;',
    '',
  ),
  planted(
    'an exception more opens nothing',
    'rule-power.ts',
    '(dimension) => rule.except.has(dimension) || !power.except.includes(dimension),',
    '() => true,',
  ),
  planted(
    'an action more opens nothing',
    'rule-power.ts',
    'if (!rule.actions.has(power.action)) return false;',
    '',
  ),
  planted(
    'who is enabled has nothing',
    'gains-of-acting.ts',
    '!gone.includes(user) && !sides.before',
    'gone.includes(user) && !sides.before',
  ),
  planted(
    'who is enabled has nothing by a group',
    'gains-of-acting.ts',
    "type === 'User' || !except.includes(name)",
    "type === 'User' || except.length === 0",
  ),
  planted(
    'who is enabled has no share',
    'gains-of-acting.ts',
    'user === id && (until === null || until > now)',
    'user === id && until === now',
  ),
  planted(
    'a share gives nothing',
    'gains-of-records.ts',
    "grantee: { type: 'User', name: share.user }, share, levels: [0] }));",
    "grantee: { type: 'User', name: share.user }, share, levels: [0] })).slice(1);",
  ),
  planted(
    'a move or a new name gives nothing',
    'gains-of-values.ts',
    'if (sides.touched.size === 0) return [];',
    'if (sides.touched.size >= 0) return [];',
  ),
  planted(
    'a scope keeps naming the old name',
    'spelled-out.ts',
    'const next = renamedScope(own, renames);',
    'const next = own;',
  ),
  planted(
    'of two paths of one dimension, a move opens each alone',
    'spelled-out.ts',
    'if (isWhole(dimension)) return [whole];',
    '',
  ),
  planted(
    'who reads at the new level of a field did so before',
    'gains-of-shapes.ts',
    'levels: [from] }',
    'levels: [to] }',
  ),
  planted(
    'a share shows no field that comes down to level 0',
    'gains-of-shapes.ts',
    '...(field.to === 0 ?',
    '...(field.to === -1 ?',
  ),
  planted(
    'a path that goes away was open to `*`, blanks and all',
    'gains-of-shapes.ts',
    'return covered ? !(covered.any && covered.blank) :',
    'return covered ? !covered.any :',
  ),
  planted(
    'a path that goes away kept nobody out who does not name its dimension',
    'gains-of-shapes.ts',
    ': !except.includes(path.dimension);',
    ': false;',
  ),
  planted(
    'what gives a share is not asked of the sharer',
    'judge-gains.ts',
    "if ('share' in gain) return mayShare(world, actor, gain, now, factsOf);",
    "if ('share' in gain) return factsOf !== NO_FACTS;",
  ),
];

/** In duties that are kept apart. */
export const SEPARATION_BUGS: readonly PlantedBug[] = [
  planted(
    'duties of different times are one conflict',
    'separation.ts',
    'return isOver || values.length === 0 ?',
    'return values.length === 0 ?',
  ),
  planted(
    'duties to come are none',
    'separation.ts',
    'everyHolding(world, principal) }));',
    'everyHolding(world, principal).filter(({ grant }) => (grant.source.from ?? now) <= now) }));',
  ),
  planted(
    'duties in other places are one conflict',
    'spans.ts',
    'const last = Math.min(at(one, a + 1), at(other, b + 1));',
    'const last = Math.max(at(one, a + 1), at(other, b + 1));',
  ),
  planted(
    'a blank is no place for two duties',
    'separation.ts',
    'const blank = a.blank && b.blank ? [BLANK_VALUE] : [];',
    'const blank: string[] = [];',
  ),
  planted(
    'who shares in a duty does not have it',
    'separation.ts',
    'return [...granted, ...shared];',
    'return granted.concat(shared.slice(shared.length));',
  ),
];

/** In what a change makes a role worth that nobody may hold yet. */
export const POWER_BUGS: readonly PlantedBug[] = [
  planted(
    'a rule is no power',
    'gains-of-records.ts',
    '[powerGain(sides.before, rule), ...gainsOfRole(sides, rule.role, now)]',
    'gainsOfRole(sides, rule.role, now)',
  ),
  planted(
    'a level that changes is no power',
    'gains-of-shapes.ts',
    '...powers.map((power) => powerGain(sides.before, power)),',
    '',
  ),
  planted(
    'a level that changes is the power to read the new level',
    'gains-of-shapes.ts',
    'powerGain(sides.before, power)',
    'powerGain(sides.before, { ...power, levels: [field.to] })',
  ),
  planted(
    'a path that goes is no power',
    'gains-of-shapes.ts',
    'return [...powers, ...given];',
    'return given;',
  ),
  planted(
    'who gives some values only could give what a path that goes kept away',
    'rule-power.ts',
    'if (!isScopeWithin(world, [], limits)) return false;',
    '',
  ),
  planted(
    'who may give one role could give what no role does',
    'rule-power.ts',
    'if (!authority.roles.includes(ANY_VALUE)) return false;',
    '',
  ),
  planted(
    'an authority that leaves a role out could give what only that one does',
    'rule-power.ts',
    'return common === null || isGiven(common);',
    'return true;',
  ),
  planted(
    'what others may give elsewhere is not asked',
    'judge-gains.ts',
    'able.length > 0 && scopes.every(isCovered)',
    'able.length > 0',
  ),
];
