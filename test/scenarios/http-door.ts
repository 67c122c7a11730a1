/** Asks a stage's questions by HTTP, as the people and tokens that they are about. */
import assert from 'node:assert/strict';
import { compileWorld, GUEST, isVisible, levelsAnywhere } from '../../src/authz/index.ts';
import type { Census } from '../properties/census.ts';
import { type Client, clientOf } from '../support/client.ts';
import type { DemoServer } from '../support/demo-server.ts';
import { answerOf } from './answer.ts';
import type { Asking } from './asking.ts';
import { INSPECTOR, nameOf, PEOPLE, principalOf } from './cast.ts';
import { askReads } from './http-reads.ts';
import { askReason } from './http-reasons.ts';
import { askWrite } from './http-writes.ts';
import { NOW } from './read-moment.ts';
import type { Stage } from './scenario.ts';
import type { ScenarioDatabase } from './scenario-database.ts';
import { fieldTopicsOf, topicsOf } from './topics.ts';

export class HttpDoor {
  private readonly server: DemoServer;
  private readonly database: ScenarioDatabase;
  private readonly census: Census;
  private readonly people: ReadonlyMap<string, Client>;

  private constructor(
    server: DemoServer,
    database: ScenarioDatabase,
    census: Census,
    people: ReadonlyMap<string, Client>,
  ) {
    this.server = server;
    this.database = database;
    this.census = census;
    this.people = people;
  }

  /** Signs everybody in but the guest. */
  static async open(server: DemoServer, database: ScenarioDatabase, census: Census) {
    const people = new Map<string, Client>([[GUEST, clientOf(server.url)]]);
    for (const name of [...PEOPLE, INSPECTOR]) {
      people.set(name, await signInAs(server, name));
    }
    return new HttpDoor(server, database, census, people);
  }

  /** Asks everything that the stage expects. */
  async ask(stage: Stage): Promise<void> {
    const asking = await this.askingOf(stage);
    for (const topic of topicsOf(stage)) await askReads(asking, topic);
    for (const topic of fieldTopicsOf(stage)) await askReads(asking, topic);
    for (const line of stage.lines) await askReason(asking, line);
    for (const { text, who, doctype, visible } of stage.visibilities) {
      const answer = await asking.clientOf(who)?.get(`/api/doctype/${doctype}`);
      assert.equal(answer?.status, visible ? 200 : 404, text);
    }
    // Last, as they change what is there.
    for (const line of stage.lines) await askWrite(asking, line);
  }

  private async askingOf(stage: Stage): Promise<Asking> {
    const world = compileWorld(stage.world);
    const clients = new Map(this.people);
    for (const [name, { user, ceiling }] of stage.tokens) {
      clients.set(nameOf({ id: user, token: name }), await this.tokenOf(user, name, ceiling));
    }
    const inspector = this.people.get(INSPECTOR);
    if (!inspector) throw new Error('the inspector did not sign in');
    return {
      ...{ stage, census: this.census, inspector },
      clientOf: (who) => clients.get(nameOf(who)) ?? null,
      sees: (who, doctype) => isVisible(world, principalOf(stage, who), doctype, NOW),
      levels: (who, doctype, ...actions) => {
        const request = { principal: principalOf(stage, who), doctype, now: NOW };
        return new Set(
          actions.flatMap((action) => [...levelsAnywhere(world, { ...request, action })]),
        );
      },
      mayRead: (line) => {
        const reading = { ...line, action: 'read', field: null, change: null } as const;
        return answerOf(world, stage, reading).allowed;
      },
      restore: async () => await this.database.load(stage),
    };
  }

  private async tokenOf(user: string, label: string, ceiling: object): Promise<Client> {
    const { scope, ...limits } = ceiling as { scope?: readonly { descendants: boolean }[] };
    const entries = scope?.map((one) => ({ ...one, descendants: one.descendants ? 1 : 0 }));
    const body = { label, ceiling: { ...limits, ...(entries ? { scope: entries } : {}) } };
    const made = await this.people.get(user)?.post('/api/tokens', body);
    assert.equal(made?.status, 200, made?.text);
    const authorization = `token ${made?.body.key}:${made?.body.secret}`;
    return clientOf(this.server.url, { authorization });
  }
}

async function signInAs(server: DemoServer, usr: string): Promise<Client> {
  const answer = await clientOf(server.url).post('/api/method/login', {
    usr,
    pwd: server.password,
  });
  assert.equal(answer.status, 200, answer.text);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return clientOf(server.url, { cookie });
}
