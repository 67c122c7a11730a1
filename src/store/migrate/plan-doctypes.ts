/** A migration that only tells what it would do: its SQL, in order, and what data is at stake. */
import type { AskedLosses } from '../../doctype/asked-losses.ts';
import { type Doctype, isTable } from '../../doctype/definition.ts';
import type { Change } from '../../doctype/migration-plan.ts';
import { checksumOf, isMoved, knownDoctypes, letThrough } from './apply-doctypes.ts';
import { describeChange, statementsOf } from './change-statements.ts';
import { judgeOfDefinitions } from './definition-gains.ts';
import { policiesOf, triggersOf } from './doctype-policies.ts';
import { qualifiedTable } from './doctype-table.ts';
import { type Examined, examineDoctype, stakesOf } from './examine-doctype.ts';
import { fillingInWords } from './fill-columns.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';
import { concurrently, isLarge, type Pace } from './prepare-large.ts';
import { renameStatements } from './rename-fields.ts';
import { rowPathStatements } from './row-paths.ts';

export type PlannedStep = {
  readonly what: string;
  /** `ahead`: while others read and write. `switch`: in the one transaction at the end. */
  readonly when: 'ahead' | 'switch';
  readonly sql: readonly string[];
};

export type PlannedDoctype = {
  readonly name: string;
  readonly outcome: 'create' | 'change' | 'unchanged' | 'refused';
  readonly reasons: readonly string[];
  /** Rows of the table now. */
  readonly rows: number;
  readonly stakes: readonly string[];
  readonly steps: readonly PlannedStep[];
};

/** Plans each definition. Nothing is written, and nothing is locked that anybody waits for. */
export async function planDoctypes(
  owner: MigrationConnection,
  roles: InstallationRoles,
  definitions: readonly Doctype[],
  how: {
    readonly by: 'release' | 'import';
    readonly asked: AskedLosses;
    readonly pace: Pace;
  },
): Promise<PlannedDoctype[]> {
  const known = await knownDoctypes(owner);
  const judge = how.by === 'import' ? await judgeOfDefinitions(owner) : letThrough;
  const together = [
    ...[...known.values()]
      .map(({ definition }) => definition)
      .filter(({ name }) => !definitions.some((one) => one.name === name)),
    ...definitions,
  ];
  const parentsOf = (child: string): string[] =>
    together
      .filter(({ fields }) => fields.some((field) => isTable(field) && field.options === child))
      .map(({ name }) => name);
  const planned: PlannedDoctype[] = [];
  for (const definition of definitions) {
    const { name } = definition;
    const there = known.get(name);
    const isSame = there?.checksum === checksumOf(definition);
    const stored = there?.definition ?? null;
    const one = await examineDoctype(owner, definition, stored, isSame, how.asked);
    const reasons = [...one.reasons];
    if (one.before && !one.isUnchanged) reasons.push(...(await judge(one.before, definition)));
    const outcome = reasons.length > 0 ? 'refused' : one.isUnchanged ? 'unchanged' : null;
    const rows = there ? await rowsOf(owner, name) : 0;
    if (outcome !== null) {
      planned.push({ name, outcome, reasons, rows, stakes: [], steps: [] });
      continue;
    }
    const isAhead = there !== undefined && (await isLarge(owner, definition, how.pace));
    planned.push({
      ...{ name, outcome: there ? 'change' : 'create', reasons: [], rows },
      stakes: await stakesOf(owner, one),
      steps: stepsOf(one, stored, {
        ...{ id: there?.id ?? 0, roles, isAhead, parents: parentsOf(name) },
      }),
    });
  }
  return planned;
}

async function rowsOf(owner: MigrationConnection, name: string): Promise<number> {
  const [row] = await owner.query(`select count(*) as n from ${qualifiedTable(name)}`);
  return Number(row?.['n']);
}

type Where = {
  readonly id: number;
  readonly roles: InstallationRoles;
  /** Doctypes that have rows of this one. */
  readonly parents: readonly string[];
  readonly isAhead: boolean;
};

function stepsOf(one: Examined, stored: Doctype | null, { id, roles, parents, isAhead }: Where) {
  const { definition, before, renames, changes, drops } = one;
  const later = new Set(renames.map(({ to }) => to));
  const isDoneAhead = (change: Change): boolean =>
    isAhead && 'field' in change && AHEAD.has(change.kind) && !later.has(change.field);
  const ahead = changes.filter(isDoneAhead).map((change): PlannedStep => {
    const sql =
      change.kind === 'retype-column'
        ? fillingInWords(definition, id, change)
        : statementsOf(definition, change).map(concurrently);
    return { what: describeChange(change), when: 'ahead', sql };
  });
  const renaming = renames.map((rename): PlannedStep => {
    const sql = stored ? renameStatements(stored, rename) : [];
    return { what: `rename ${rename.from} to ${rename.to}`, when: 'switch', sql };
  });
  const rest = changes
    .filter((change) => !isDoneAhead(change))
    .map((change): PlannedStep => {
      const sql = statementsOf(definition, change);
      return { what: describeChange(change), when: 'switch', sql };
    });
  const protect = [
    ...rowPathStatements(definition, id),
    ...triggersOf(definition, id),
    ...policiesOf(definition, id, parents, roles),
  ];
  const places = before && isMoved(before, definition);
  const every = places ? [`update ${qualifiedTable(definition.name)} set cell_id = cell_id`] : [];
  return [
    ...ahead,
    ...renaming,
    ...rest,
    ...(drops.told.length > 0
      ? [{ what: drops.told.join('; '), when: 'switch', sql: drops.statements } as const]
      : []),
    { what: 'triggers and policies', when: 'switch', sql: protect } as const,
    ...(places ? [{ what: 'place every document', when: 'switch', sql: every } as const] : []),
  ];
}

const AHEAD: ReadonlySet<Change['kind']> = new Set([
  ...(['add-column', 'retype-column', 'add-index', 'add-unique'] as const),
]);
