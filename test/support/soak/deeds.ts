/** What can be done to access: each as the request that asks for it and the world it leads to. */
import type { Grant, ScopeValue, World } from '../../../src/authz/index.ts';
import type { Answer } from '../client.ts';
import {
  withGrant,
  withMembers,
  withoutGrant,
  withoutShare,
  withParent,
  withRule,
  withShare,
} from './changes.ts';
import { INVOICE } from './invoices.ts';
import { GIVER, MOVER, SHARER, SUBJECTS } from './people.ts';
import { pick, type Scene } from './scene.ts';
import { GROUP, ROLES, type Setting } from './setting.ts';

const GRANTS_MAX = 14;
const SHARES_MAX = 10;
/** Grants that end by themselves do so within the run. */
const SHORT_MS = 3000;

/** Leaves of the tree, and where else each can be. */
const MOVES = [
  ['London Workshop', 'London', 'Leeds'],
  ['Leeds Retail', 'Leeds', 'London'],
  ['Hamburg', 'Larkspur DE Centres', 'Berlin'],
] as const;

export type Deed = {
  readonly kind: 'grant' | 'end' | 'members' | 'share' | 'unshare' | 'rule' | 'move';
  readonly as: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly after: World;
  /** Called with the answer once it is done. */
  readonly done?: (answer: Answer) => unknown;
};

/** The server's names for what was given and shared and is not ended yet, by our own. */
export class Given {
  readonly grants = new Map<string, string>();
  readonly shares = new Map<string, string>();
  private readonly switched: readonly string[];
  private groupVersion: string;
  private count = 0;

  constructor({ switched, groupVersion }: Setting) {
    this.switched = switched;
    this.groupVersion = groupVersion;
  }

  /** The next deed on this world. */
  next(scene: Scene, world: World): Deed {
    const chance = scene.random();
    if (chance < 0.3 && this.grants.size < GRANTS_MAX) return this.grant(scene, world);
    if (chance < 0.55 && this.grants.size > 0) return this.end(scene, world);
    if (chance < 0.65) return this.members(scene, world);
    if (chance < 0.75 && this.shares.size < SHARES_MAX) return this.share(scene, world);
    if (chance < 0.83 && this.shares.size > 0) return this.unshare(scene, world);
    if (chance < 0.91) return this.rule(scene, world);
    return move(scene, world);
  }

  private grant(scene: Scene, world: World): Deed {
    const name = this.fresh('grant');
    const [grantee, role] = [pick(scene, SUBJECTS), pick(scene, ROLES)];
    const scope = scopeFor(scene, world);
    const now = Date.now();
    const isShort = scene.random() < 0.25;
    const from = isShort && scene.random() < 0.5 ? now + Math.floor(SHORT_MS / 3) : null;
    const until = isShort ? now + SHORT_MS : null;
    const grant: Grant = {
      ...{ name, role, scope, from, until, request: null },
      grantee: { type: 'User', name: grantee },
    };
    const rows = scope.map((one) => ({ ...one, descendants: one.descendants ? 1 : 0 }));
    const during = { from: timestamp(from), until: timestamp(until) };
    return {
      ...{ kind: 'grant', as: GIVER, method: 'POST', path: '/api/resource/Grant' },
      body: { grantee, role, scope: rows, ...during, reason: 'soak' },
      after: withGrant(world, grant),
      // What ends by itself is not ended by anybody: it may have, by then.
      ...(isShort ? {} : { done: ({ body }) => this.grants.set(name, body.data.name) }),
    };
  }

  private end(scene: Scene, world: World): Deed {
    const [name, known] = pick(scene, [...this.grants]);
    return {
      ...{ kind: 'end', as: GIVER, method: 'DELETE', path: `/api/resource/Grant/${known}` },
      after: withoutGrant(world, name),
      done: () => this.grants.delete(name),
    };
  }

  private share(scene: Scene, world: World): Deed {
    const name = this.fresh('share');
    const [user, one] = [pick(scene, SUBJECTS), pick(scene, scene.holdings.still)];
    const document = String(one.name);
    const actions = scene.random() < 0.5 ? (['read'] as const) : (['read', 'write'] as const);
    return {
      ...{ kind: 'share', as: SHARER, method: 'POST', path: '/api/resource/Share' },
      body: { document_type: INVOICE, document_name: document, user, actions },
      after: withShare(world, {
        ...{ name, doctype: INVOICE, document, user, actions },
        ...{ from: null, until: null },
      }),
      done: ({ body }) => this.shares.set(name, body.data.name),
    };
  }

  private unshare(scene: Scene, world: World): Deed {
    const [name, known] = pick(scene, [...this.shares]);
    return {
      ...{ kind: 'unshare', as: SHARER, method: 'DELETE', path: `/api/resource/Share/${known}` },
      after: withoutShare(world, name),
      done: () => this.shares.delete(name),
    };
  }

  private rule(scene: Scene, world: World): Deed {
    const name = pick(scene, this.switched);
    const isInForce = world.rules.find((rule) => rule.name === name)?.status === 'in force';
    const status = isInForce ? 'draft' : 'in force';
    return {
      ...{ kind: 'rule', as: GIVER, method: 'PUT', path: `/api/resource/Role Rule/${name}` },
      body: { status },
      after: withRule(world, name, status),
    };
  }

  private members(scene: Scene, world: World): Deed {
    const users = SUBJECTS.filter(() => scene.random() < 0.3);
    const rows = users.map((user) => ({ group: GROUP, user, from: null, until: null }));
    return {
      ...{ kind: 'members', as: GIVER, method: 'PUT', path: `/api/resource/Group/${GROUP}` },
      body: { members: users.map((user) => ({ user })), modified: this.groupVersion },
      after: withMembers(world, GROUP, rows),
      done: ({ body }) => {
        this.groupVersion = body.data.modified;
      },
    };
  }

  private fresh(word: string): string {
    this.count += 1;
    return `${word} ${this.count}`;
  }
}

function move(scene: Scene, world: World): Deed {
  const [name, one, other] = pick(scene, MOVES);
  const tree = world.trees.find(({ dimension }) => dimension === 'Cost Center');
  const parent = tree?.parents.get(name) === one ? other : one;
  return {
    ...{ kind: 'move', as: MOVER, method: 'PUT', path: `/api/resource/Cost Center/${name}` },
    body: { parent_cost_center: parent },
    after: withParent(world, 'Cost Center', name, parent),
  };
}

/** Companies and cost centers, with or without what lies below, or one of them left out. */
function scopeFor(scene: Scene, world: World): ScopeValue[] {
  const tree = world.trees.find(({ dimension }) => dimension === 'Cost Center');
  const centers = ['*', '(blank)', ...(tree?.parents.keys() ?? [])];
  const few = <Item>(items: readonly Item[]) => [
    ...new Set([pick(scene, items), ...(scene.random() < 0.5 ? [pick(scene, items)] : [])]),
  ];
  const companies = few(['*', 'Larkspur UK', 'Larkspur SG', 'Larkspur DE']);
  const entry = (dimension: string, value: string, descendants: boolean): ScopeValue => ({
    ...{ dimension, value, descendants },
  });
  const isPlain = (value: string) => value === '*' || value === '(blank)';
  return [
    ...companies.map((value) => entry('Company', value, false)),
    ...(scene.random() < 0.1 ? [] : few(centers)).map((value) =>
      entry('Cost Center', value, !isPlain(value) && scene.random() < 0.6),
    ),
    ...(scene.random() < 0.3 ? [entry('Department', '*', false)] : []),
  ];
}

/** As a Datetime field takes it: in UTC. */
function timestamp(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}
