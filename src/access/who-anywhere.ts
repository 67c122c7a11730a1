/** Who can, of a whole doctype: how many documents each person reaches, why, and of whom. */
import {
  type Action,
  ALWAYS,
  type CompiledWorld,
  type DocumentGroup,
  DocumentGroups,
  every,
  type Grouping,
  groupingOf,
  isAction,
  listFilter,
  mayEver,
  type Reach,
  reachesOf,
} from '../authz/index.ts';
import { Refusal, unknownDoctype } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import { selectVisibleCensus } from '../store/census.ts';
import type { Policy } from '../store/policy.ts';
import type { Moment, ReadResults, Store } from '../store/store.ts';
import type { Table } from '../store/table.ts';
import { requireKnownField } from './asked-document.ts';
import { knownTable, needsInspect } from './authorised-question.ts';
import { groupsOf } from './counted-groups.ts';
import { type AboutPast, asOf, instantOf, pastNote } from './past.ts';
import { type Page, pageOf, readPath, shownReach, type WhoAnywhereAnswer } from './reach-answer.ts';

export type WhoAnywhereQuestion = AboutPast & {
  readonly action: string;
  readonly doctype: string;
  readonly field?: string;
  /** Only this person. Of oneself everybody may ask. */
  readonly user?: string;
  /** A dimension of the doctype, or one of its paths: counts for each value. */
  readonly by?: string;
  /** Which of those counts, of each person: from 0 on, and how many. */
  readonly start?: number;
  readonly limit?: number;
};

/** A question that has been understood. */
type Asked = {
  readonly action: Action;
  readonly doctype: string;
  readonly field: string | undefined;
  readonly user: string | undefined;
  readonly by: string | undefined;
  readonly isOwn: boolean;
  readonly page: Page;
};

/** See `Access.whoAnywhere`. */
export async function whoAnywhere(
  store: Store,
  caller: Caller,
  question: WhoAnywhereQuestion,
): Promise<WhoAnywhereAnswer> {
  const asked = readQuestion(caller, question);
  // Read beforehand, as what is counted depends on it; who may ask is decided as of now.
  const past = question.at === undefined ? null : await store.policyAt(instantOf(question.at));
  const plans = new Map<Policy, Grouping>();
  const read = await store.read(
    caller.credential,
    caller.principal.id,
    claimOf(asked),
    (moment) => {
      const table = requireStanding(moment, caller, asked);
      const grouping = groupingIn(table, [moment.policy.world, ...(past ? [past.world] : [])]);
      plans.set(moment.policy, grouping);
      const where = visibleDocuments(moment, caller, asked);
      return [selectVisibleCensus(table, grouping, where, caller.principal.id)];
    },
  );
  if (asked.isOwn) requireKnownField(read, caller, question);
  else if (asked.field !== undefined) requireField(read.policy.world, asked.doctype, asked.field);
  const table = tableIn(read, asked.doctype);
  const groups = groupsFrom(table, plans.get(read.policy), read);
  const then = await asOf(store, read, question);
  return { ...answer(then, asked, groups), ...pastNote({ ...question, name: '' }) };
}

function readQuestion(caller: Caller, question: WhoAnywhereQuestion): Asked {
  const { action, doctype, field, user, by } = question;
  if (!isAction(action)) throw new Refusal('bad_value', `There is no action \`${action}\`.`);
  if (by === undefined && (question.start ?? question.limit) !== undefined) {
    throw new Refusal('bad_value', '`start` and `limit` are of the counts that `by` asks for.');
  }
  const isOwn = user !== undefined && user === caller.principal.id;
  return { action, doctype, field, user, by, isOwn, page: pageOf(question) };
}

/** About others, documents that may be inspected; about oneself, those that are in sight. */
function claimOf({ action, isOwn }: Asked): Action {
  if (!isOwn) return 'inspect';
  return action === 'select' || action === 'inspect' ? action : 'read';
}

/** The doctype's table. Throws `unknown_doctype`, and `forbidden` without any `inspect`. */
function requireStanding(moment: Moment, caller: Caller, { doctype, isOwn }: Asked): Table {
  const table = knownTable(moment, caller, doctype);
  if (!table) throw unknownDoctype(doctype);
  const { principal } = caller;
  const ask = { principal, action: 'inspect' as const, doctype, now: moment.now };
  if (!isOwn && !mayEver(moment.policy.world, ask)) throw needsInspect();
  return table;
}

/** What the caller may be told about. Of oneself, a token's limits hold for the action as well. */
function visibleDocuments({ policy, now }: Moment, { principal }: Caller, asked: Asked) {
  const { doctype, action, isOwn } = asked;
  const filter = (wanted: Action) =>
    listFilter(policy.world, { principal, action: wanted, doctype, now });
  return every([filter(claimOf(asked)), isOwn ? filter(action) : ALWAYS]);
}

/** Of the past, only what documents still have is known of them. */
function groupingIn(table: Table, worlds: readonly CompiledWorld[]): Grouping {
  const { fields, names } = groupingOf(worlds, table.doctype.name);
  const rowPaths = new Set((table.doctype.dimension_paths ?? []).map(({ path }) => path));
  return { fields: fields.filter((one) => table.columns.has(one) || rowPaths.has(one)), names };
}

function groupsFrom(
  table: Table,
  grouping: Grouping | undefined,
  { results }: ReadResults,
): DocumentGroup[] {
  if (!grouping) throw new Error('an answer without its plan');
  return groupsOf(table, grouping, results[0]);
}

function answer(
  { policy: { world }, now }: Pick<Moment, 'policy' | 'now'>,
  asked: Asked,
  groups: readonly DocumentGroup[],
): WhoAnywhereAnswer {
  const doctype = world.doctypes.get(asked.doctype);
  const documents = groups.reduce((sum, { count }) => sum + count, 0);
  const of = asked.user === undefined ? ('everybody' as const) : ('one' as const);
  const level = asked.field === undefined ? undefined : doctype?.levels.get(asked.field);
  // Then there was no such doctype or field, and nobody could.
  const isThere = asked.field === undefined || level !== undefined;
  if (!doctype || !isThere) return { of, documents, principals: [], total: 0 };
  const byPath = asked.by === undefined ? null : readPath(doctype, asked.by);
  const grouped = new DocumentGroups(doctype, groups);
  const question = { action: asked.action, now, ...(level === undefined ? {} : { level }) };
  const { names: everybody } = world.population();
  const names = asked.user === undefined ? everybody : everybody.filter((n) => n === asked.user);
  const shown = (reach: Reach) => shownReach(grouped, reach, byPath, asked.page);
  const principals = reachesOf(world, grouped, question, names).map(shown);
  return { of, documents, principals, total: principals.length };
}

function requireField(world: CompiledWorld, doctype: string, field: string): void {
  if (world.doctypes.get(doctype)?.levels.has(field) === true) return;
  throw new Refusal('unknown_field', `There is no field \`${field}\`.`);
}

function tableIn({ policy }: ReadResults, doctype: string): Table {
  const table = policy.tables.get(doctype);
  if (!table) throw new Error(`there is no doctype ${doctype}`);
  return table;
}
