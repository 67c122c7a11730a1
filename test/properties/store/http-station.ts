/** A server on a database that takes one random world after the other, asked from outside. */
import { isDeepStrictEqual } from 'node:util';
import type { Action, Principal } from '../../../src/authz/index.ts';
import { fingerprint, randomSecret } from '../../../src/base/random.ts';
import { hashPassword } from '../../../src/identity/password.ts';
import { insertToken, setPassword } from '../../../src/store/credentials.ts';
import { PEOPLE, SYSTEM } from '../../model/random-schema.ts';
import { type Client, clientOf } from '../../support/client.ts';
import { type DemoServer, serverOn } from '../../support/demo-server.ts';
import { query } from '../../support/people.ts';
import { TEST_PASSWORD } from '../../support/test-server.ts';
import { kindsIn } from '../kinds.ts';
import type { Tally } from '../stations.ts';
import { answersOf, expectedOf } from './ask-store.ts';
import { FIELDS } from './doctypes.ts';
import { insert, insertInspection } from './load.ts';
import { WorldDatabase } from './world-database.ts';
import type { SqlWorld } from './worlds.ts';

const INSPECTOR = 'ivy';
const BATCH_MAX = 100;

/** Of whom it is asked who can: a system principal is known by a grant of its own. */
const KNOWN_ROLE = 'Known';

type Evaluation = { readonly subject: string; readonly action: Action; readonly place: Place };
type Place = { readonly doctype: string; readonly name: string };

export class HttpStation {
  private readonly database: WorldDatabase;
  private readonly server: DemoServer;
  private readonly people: ReadonlyMap<string, Client>;

  private constructor(
    database: WorldDatabase,
    server: DemoServer,
    people: ReadonlyMap<string, Client>,
  ) {
    this.database = database;
    this.server = server;
    this.people = people;
  }

  /** Starts the server and signs everybody in. */
  static async open(): Promise<HttpStation> {
    const database = await WorldDatabase.open();
    const hash = await hashPassword(TEST_PASSWORD);
    const names = [...PEOPLE, INSPECTOR];
    const users = names.map((name) => ({ name, email: name, full_name: name, enabled: 1 }));
    await database.superuser.run(
      insert('user', users, 'name,email,full_name,enabled'),
      ...names.map((name) => setPassword(name, hash)),
    );
    const server = await serverOn({ ...database.clone, drop: async () => {} });
    const people = new Map<string, Client>();
    for (const name of names) people.set(name, await signInAs(server, name));
    return new HttpStation(database, server, people);
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.database.close();
  }

  /**
   * Loads a world and asks about every document of it. The first disagreement, in words; null for
   * none. Whoever signs in asks for lists and evaluations; of the others, guests and system
   * principals, somebody asks who may `inspect`.
   */
  async ask(sample: SqlWorld, actions: Iterable<Action>, tally: Tally): Promise<string | null> {
    const known = { grantee_type: 'User', grantee: SYSTEM, role: KNOWN_ROLE };
    await this.database.load(sample, [
      ...insertInspection(
        sample.definitions.map(({ name }) => name),
        INSPECTOR,
      ),
      insert('role', [{ name: KNOWN_ROLE }]),
      insert('grant', [{ name: KNOWN_ROLE, ...known }], 'name,grantee_type,grantee,role'),
    ]);
    const kindsOf = kindsIn(sample.world);
    for (const principal of sample.principals.map(underOneCeiling)) {
      const client = await this.clientOf(principal);
      for (const action of actions) {
        const expected = expectedOf(sample, principal, action);
        const wanted = expected.map(({ isAllowed }) => isAllowed);
        const evaluations = expected.map(({ question: { doctype, document } }) => ({
          ...{ subject: principal.id, action },
          place: { doctype, name: String(document['name']) },
        }));
        const found = await evaluated(client ?? this.inspector, evaluations);
        if (!isDeepStrictEqual(found, wanted)) {
          return inWords(sample, { principal, action, evaluations, found, wanted });
        }
        for (const { question, isAllowed } of expected) {
          tally.count('http', kindsOf(question, isAllowed));
        }
      }
      const mistake = client && (await this.askLists(sample, principal, client));
      if (mistake) return mistake;
    }
    return (await this.askWho(sample)) ?? this.server.errors[0] ?? null;
  }

  /** Lists with all fields: the rows, and the keys of each. */
  private async askLists(sample: SqlWorld, principal: Principal, client: Client) {
    const expected = expectedOf(sample, principal, 'read');
    const wanted = answersOf(sample, expected);
    for (const { name: doctype } of sample.definitions) {
      const path = `/api/resource/${doctype}${query({ fields: ['*'], limit_page_length: '500' })}`;
      const { status, body, text } = await client.get(path);
      // A doctype that is not visible is unknown, and then there is nothing to list.
      const isUnknown = status === 404 && body.code === 'unknown_doctype';
      const rows: Readonly<Record<string, unknown>>[] = isUnknown ? [] : body.data;
      if (!Array.isArray(rows)) return inWords(sample, { principal, doctype, text });
      const found = rows.map((row) => String(row['name'])).sort();
      if (!isDeepStrictEqual(found, wanted[doctype])) {
        return inWords(sample, { principal, doctype, found, wanted: wanted[doctype] });
      }
      for (const { question, isAllowed, levels } of expected) {
        if (!isAllowed || question.doctype !== doctype) continue;
        const row = rows.find((one) => one['name'] === question.document['name']) ?? {};
        for (const { fieldname, level = 0 } of FIELDS) {
          if (Object.hasOwn(row, fieldname) !== levels.has(level)) {
            return inWords(sample, { principal, doctype, row, levels: [...levels], fieldname });
          }
        }
      }
    }
    return null;
  }

  /** Who can read, of each document. */
  private async askWho(sample: SqlWorld): Promise<string | null> {
    const everybody = [...PEOPLE, INSPECTOR, SYSTEM, 'Guest'].map((id): Principal => {
      const kind = id === SYSTEM ? 'system' : id === 'Guest' ? 'guest' : 'user';
      return { id, kind, actor: null, ceilings: [] };
    });
    const may = everybody.map((principal) => expectedOf(sample, principal, 'read'));
    for (const [index, { doctype, values }] of sample.documents.entries()) {
      const wanted = everybody.filter((_, person) => may[person]?.[index]?.isAllowed === true);
      const ask = { action: 'read', doctype, name: values['name'] };
      const { body, text } = await this.inspector.post('/api/access/who', ask);
      const found = body?.principals?.map(({ name }: { name: string }) => name) ?? text;
      const names = wanted.map(({ id }) => id).sort();
      if (!isDeepStrictEqual(found, names)) return inWords(sample, { ask, found, names });
    }
    return null;
  }

  private get inspector(): Client {
    return this.people.get(INSPECTOR) as Client;
  }

  /** Null for whoever cannot sign in. A token is made as the product keeps it. */
  private async clientOf({ id, actor, ceilings }: Principal): Promise<Client | null> {
    if (actor === null) return this.people.get(id) ?? null;
    const [key, secret] = [randomSecret(12), randomSecret(32)];
    const { name: _, ...limits } = ceilings[0] ?? { name: '' };
    const token = { id: key, key, user: id, label: actor, cidr: null, expires: null };
    const more = { secretHash: fingerprint(secret), ceiling: JSON.stringify(limits) };
    await this.database.superuser.run(insertToken({ ...token, ...more }));
    return clientOf(this.server.url, { authorization: `token ${key}:${secret}` });
  }
}

/** A token has one ceiling. */
function underOneCeiling(principal: Principal): Principal {
  return { ...principal, ceilings: principal.ceilings.slice(0, 1) };
}

async function evaluated(client: Client, evaluations: readonly Evaluation[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let from = 0; from < evaluations.length; from += BATCH_MAX) {
    const batch = evaluations.slice(from, from + BATCH_MAX);
    const { body, text } = await client.post('/access/v1/evaluations', {
      evaluations: batch.map(({ subject, action, place }) => ({
        subject: { type: 'user', id: subject },
        action: { name: action },
        resource: { type: place.doctype, id: place.name },
      })),
    });
    if (!Array.isArray(body?.evaluations)) return [text];
    found.push(...body.evaluations.map(decisionOf));
  }
  return found;
}

/** A refusal to answer is told apart from a no. */
function decisionOf({ decision, context }: { decision: boolean; context?: { error?: unknown } }) {
  return context?.error === undefined ? decision : context.error;
}

async function signInAs(server: DemoServer, usr: string): Promise<Client> {
  const body = { usr, pwd: server.password };
  const answer = await clientOf(server.url).post('/api/method/login', body);
  if (answer.status !== 200) throw new Error(`${usr} could not sign in: ${answer.text}`);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return clientOf(server.url, { cookie });
}

function inWords(sample: SqlWorld, what: object): string {
  return `${JSON.stringify(what)} in ${JSON.stringify(sample)}`;
}
