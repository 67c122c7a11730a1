/** Random worlds in which each document has a comment, and attachments of fields of each level. */
import { isDeepStrictEqual } from 'node:util';
import type { Principal } from '../../../src/authz/index.ts';
import { Refusal } from '../../../src/base/errors.ts';
import { sealWith } from '../../../src/base/seal.ts';
import { sealedTokens } from '../../../src/base/sealed-tokens.ts';
import { Documents } from '../../../src/documents/documents.ts';
import { governedReach } from '../../../src/documents/governed/reach.ts';
import type { Caller } from '../../../src/identity/caller.ts';
import { bindStatement } from '../../../src/store/opening.ts';
import { selectPage } from '../../../src/store/read-documents.ts';
import type { Statement } from '../../../src/store/statement.ts';
import { referenceDecide, referenceLevels } from '../../model/reference.ts';
import { insert } from './load.ts';
import { WorldDatabase } from './world-database.ts';
import type { SqlWorld } from './worlds.ts';

const KINDS = ['Comment', 'Attachment'] as const;

/** Fields that attachments are of, with their level; blank for the document as a whole. */
const FIELD_LEVELS: ReadonlyMap<string, number | null> = new Map([
  ['', null],
  ['due', 0],
  ['title', 1],
  ['amount', 2],
  ['gone', 9],
]);

export class GovernedWorlds {
  readonly database: WorldDatabase;
  readonly documents: Documents;

  private constructor(database: WorldDatabase) {
    this.database = database;
    const { store } = database;
    const seal = sealWith('a key for tests');
    this.documents = new Documents({ store, seal, cursors: sealedTokens('a key for tests') });
  }

  static async open(): Promise<GovernedWorlds> {
    return new GovernedWorlds(await WorldDatabase.open());
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  async load(sample: SqlWorld): Promise<void> {
    await this.database.load(sample, [
      said("set session_replication_role = 'replica'"),
      ...['comment', 'attachment'].map((table) => said(`delete from doc.${table}`)),
      said("set session_replication_role = 'origin'"),
      ...belongings(sample),
    ]);
  }

  /** Breaks a part of the second line, or mends it. */
  async plant(text: string): Promise<void> {
    await this.database.superuser.run(said(text));
  }

  /** The names that the first line alone gives, by a login that no policy binds. */
  async filtered(caller: Caller, kind: string): Promise<string[]> {
    const { store, superuser } = this.database;
    const moment = await store.read(caller.credential, caller.principal.id, 'read', () => []);
    const doctype = moment.policy.doctypes.get(kind);
    const table = moment.policy.tables.get(kind);
    if (!doctype || !table) throw new Error(`there is no ${kind}`);
    const where = governedReach({ caller, moment, doctype, table });
    const me = caller.principal.id;
    const page = { table, columns: ['name'], where, me, orderBy: [], limit: 500, offset: 0 };
    const [result] = await superuser.read(selectPage(page));
    return (result?.rows ?? []).map(([name]) => String(name)).sort();
  }

  /** The names that row-level security alone gives. */
  async secured(principal: Principal, kind: string): Promise<string[]> {
    const [, result] = await this.database.app.run(
      bindStatement(principal.id, 'read'),
      said(`select name from doc.${kind.toLowerCase()}`),
    );
    return (result?.rows ?? []).map(([name]) => String(name)).sort();
  }
}

function said(text: string): Statement {
  return { text, values: [] };
}

type Belonging = {
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
  readonly level: number | null;
  readonly of: SqlWorld['documents'][number];
};

function belongingsOf({ documents }: SqlWorld): Belonging[] {
  return documents.flatMap((of) => {
    const base = `${of.doctype} ${String(of.values['name'])}`;
    return [
      { kind: 'Comment' as const, name: base, level: null, of },
      ...[...FIELD_LEVELS].map(([field, level]) => {
        return { kind: 'Attachment' as const, name: `${base} ${field}`, level, of };
      }),
    ];
  });
}

function belongings(sample: SqlWorld): Statement[] {
  const all = belongingsOf(sample);
  const comments = all
    .filter(({ kind }) => kind === 'Comment')
    .map(({ name, of }) => ({
      ...{ name, reference_doctype: of.doctype, reference_name: of.values['name'], content: 'x' },
    }));
  const files = all
    .filter(({ kind }) => kind === 'Attachment')
    .map(({ name, of }) => ({
      ...{ name, attached_to_doctype: of.doctype, attached_to_name: of.values['name'] },
      attached_to_field: name.slice(name.lastIndexOf(' ') + 1) || null,
      file_name: 'f',
    }));
  return [
    insert('comment', comments, 'name,reference_doctype,reference_name,content'),
    insert(
      'attachment',
      files,
      'name,attached_to_doctype,attached_to_name,attached_to_field,file_name',
    ),
  ];
}

/** The first disagreement, in words; null for none. The world is loaded already. */
export async function askGoverned(
  worlds: GovernedWorlds,
  sample: SqlWorld,
  count: (what: string) => void,
): Promise<string | null> {
  const all = belongingsOf(sample);
  const people = sample.principals.filter(({ actor }) => actor === null);
  for (const [turn, principal] of people.entries()) {
    const caller = callerFor(principal);
    for (const kind of KINDS) {
      const own = all.filter((one) => one.kind === kind);
      // Each costs a round trip or two: others for the next principal.
      const some = own.filter((_, index) => index % 12 === turn % 12);
      const wanted = seenBy(sample, principal, own);
      const free = seenBy(sample, { ...principal, ceilings: [] }, own);
      const found = {
        list: await listed(worlds, caller, kind),
        count: await counted(worlds, caller, kind),
        read: await readEach(worlds, caller, kind, some),
        filter: await worlds.filtered(caller, kind),
        security: await worlds.secured(principal, kind),
      };
      const expected = {
        ...{ list: wanted, count: wanted.length, filter: wanted, security: free },
        read: seenBy(sample, principal, some),
      };
      if (!isDeepStrictEqual(found, expected)) {
        const told = JSON.stringify({ principal, kind, found, expected });
        return `${told} in ${JSON.stringify(sample)}`;
      }
      const seen = new Set(wanted);
      for (const one of own) {
        count(`${kind} ${seen.has(one.name) ? 'seen' : 'hidden'}`);
        if (seen.has(one.name)) continue;
        if (free.includes(one.name)) count(`${kind} hidden by a ceiling`);
        const whole = own.find(({ of, level }) => of === one.of && level === null);
        if (whole && seen.has(whole.name)) count(`${kind} hidden by its level`);
      }
    }
  }
  return null;
}

/** By the reference: those of documents that may be read, where the field's level is open. */
function seenBy(sample: SqlWorld, principal: Principal, own: readonly Belonging[]): string[] {
  const { world, now } = sample;
  const isLeft = ({ kind }: Belonging): boolean =>
    principal.ceilings.every(({ doctypes }) => doctypes?.includes(kind) !== false);
  return own
    .filter(isLeft)
    .filter(({ level, of: { doctype, values: document } }) => {
      const question = { principal, action: 'read' as const, doctype, document, now };
      if (!referenceDecide(world, question)) return false;
      return level === null || referenceLevels(world, question).has(level);
    })
    .map(({ name }) => name)
    .sort();
}

function callerFor(principal: Principal): Caller {
  const credential = { kind: 'named', principal: principal.id } as const;
  return { principal, credential, requestId: 'r', door: 'test', address: null };
}

/** Whoever knows no doctype at all knows none of these: to them it is all the same as nothing. */
async function orNothing<Value>(work: Promise<Value>, nothing: Value): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return nothing;
    throw error;
  }
}

async function listed({ documents }: GovernedWorlds, caller: Caller, kind: string) {
  const page = await orNothing(documents.list(caller, kind, { limit: 500 }), []);
  return page.map(({ name }) => String(name)).sort();
}

async function counted({ documents }: GovernedWorlds, caller: Caller, kind: string) {
  return await orNothing(documents.count(caller, kind, []), 0);
}

async function readEach(
  { documents }: GovernedWorlds,
  caller: Caller,
  kind: string,
  own: readonly Belonging[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of own) {
    const document = await orNothing(documents.read(caller, kind, name), null);
    if (document) found.push(name);
  }
  return found.sort();
}
