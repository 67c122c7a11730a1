/**
 * The same check in small worlds and in large ones: it should cost the same. Documents are made
 * from their number when they are asked about, so that ten million of them need no memory here,
 * as they need none in the kernel: it knows documents by the cells they lie in.
 */
import assert from 'node:assert/strict';
import {
  type CompiledWorld,
  compileWorld,
  type DocumentFacts,
  decide,
  kindOf,
  NO_CEILINGS,
  type Rule,
} from '../../src/authz/index.ts';
import { absolute, compared, type Result } from '../support/benchmark.ts';
import { cpuOf } from './cpu.ts';
import { Dice, names } from './dice.ts';
import { heapOf } from './memory.ts';

type Size = {
  readonly users: number;
  /** So many of the users ask; the others are only there. */
  readonly asking: number;
  readonly documents: number;
  readonly customers: number;
};

const SMALL: Size = { users: 1_000, asking: 1_000, documents: 100_000, customers: 1_000 };
const COMPANIES = names('C', 50);
const ROLES = names('role', 20);
const DOCTYPES = 20;
const REQUESTS = 100_000;
const ROUNDS = 11;
/** What counts as flat. */
const FLAT = 1.5;
const ACTIONS = ['read', 'write', 'submit', 'print'] as const;

/** Each larger world against the small one, and what the largest needs. */
export function growthResults(seed: number): Result[] {
  const small = new Growing(seed, SMALL);
  const against = (
    what: string,
    size: Partial<Size>,
    target: number | null = FLAT,
  ): [Growing, Result] => {
    const large = new Growing(seed, { ...SMALL, ...size });
    const rounds: [number, number][] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const pair: [number, number] = [large.cpu(), small.cpu()];
      if (round > 0) rounds.push(pair);
    }
    const metric = `CPU of a check: ${what}`;
    return [large, compared(metric, 'ns', 'the small world', rounds, target)];
  };
  const [, users] = against('50,000 users instead of 1,000', { users: 50_000 });
  // What 50,000 people hold does not fit into a processor's caches, whoever keeps it: this says
  // what waiting for memory costs, and nothing of how much is done.
  const [, everybody] = against(
    '50,000 users who all ask at once, instead of 1,000',
    { users: 50_000, asking: 50_000 },
    null,
  );
  const [many, documents] = against('10 million documents instead of 100,000', {
    documents: 10_000_000,
  });
  const [wide, customers] = against('100,000 customers, half of them in rows, instead of 1,000', {
    customers: 100_000,
  });
  return [
    users,
    everybody,
    documents,
    customers,
    absolute('cells of 10 million documents on one path', 'cells', many.cells(), null),
    absolute('memory of the world with 100,000 customers', 'MB', wide.megabytes, null),
  ];
}

type Question = Parameters<typeof decide>[1];

class Growing {
  readonly megabytes: number;
  private readonly size: Size;
  private readonly world: CompiledWorld;
  private readonly questions: readonly Question[];
  private readonly customers: readonly string[];

  constructor(seed: number, size: Size) {
    this.size = size;
    this.customers = names('customer', size.customers);
    const dice = new Dice(seed);
    const made = heapOf(() => compileWorld(this.worldOf(dice)));
    this.world = made.value;
    this.megabytes = made.megabytes;
    this.questions = Array.from({ length: REQUESTS }, () => this.question(dice));
  }

  /** Nanoseconds of CPU for one check. */
  cpu(): number {
    let allowed = 0;
    const cpu = cpuOf(() => {
      for (const question of this.questions) {
        if (decide(this.world, question).allowed) allowed += 1;
      }
    });
    assert.ok(allowed > REQUESTS / 100, `only ${allowed} checks were allowed`);
    return cpu / REQUESTS;
  }

  /** Combinations of a company and a customer in which documents lie. */
  cells(): number {
    const found = new Set<string>();
    for (let number = 0; number < this.size.documents; number++) {
      found.add(`${number % COMPANIES.length} ${this.customerOf(number)}`);
    }
    return found.size;
  }

  private customerOf(number: number): string {
    return this.customers[(number * 7919) % this.customers.length] as string;
  }

  private document(number: number): DocumentFacts {
    const facts = { name: `document ${number}`, company: COMPANIES[number % COMPANIES.length] };
    const customer = this.customerOf(number);
    if (number % 2 === 0) return { ...facts, customer };
    // Two lines, for two customers.
    return { ...facts, items: [{ customer }, { customer: this.customerOf(number + 2) }] };
  }

  private question(dice: Dice): Question {
    const number = dice.below(this.size.documents);
    const doctype = `DT${(number % 2) + 2 * dice.below(DOCTYPES / 2)}`;
    const id = `user${dice.below(this.size.asking) * (this.size.users / this.size.asking)}`;
    return {
      principal: { id, kind: kindOf(id), actor: null, ceilings: NO_CEILINGS },
      ...{ action: dice.of(ACTIONS), doctype, document: this.document(number), now: 0 },
    };
  }

  private worldOf(dice: Dice) {
    const users = Array.from({ length: this.size.users }, (_, index) => `user${index}`);
    return {
      epoch: 1,
      users,
      doctypes: Array.from({ length: DOCTYPES }, (_, index) => ({
        name: `DT${index}`,
        paths: [
          { dimension: 'Company', path: 'company' },
          { dimension: 'Customer', path: index % 2 === 0 ? 'customer' : 'items.customer' },
        ],
        levels: new Map([['name', 0]]),
        personal: new Set<string>(),
      })),
      trees: [],
      roles: ROLES.map((name) => ({ name })),
      rules: Array.from(
        { length: 200 },
        (_, index): Rule => ({
          ...{ name: `rule ${index}`, role: dice.of(ROLES), doctype: `DT${index % DOCTYPES}` },
          ...{ actions: dice.some(ACTIONS, 3), levels: [0], reach: 'within', except: [] },
          ...{ when: null, status: 'in force' },
        }),
      ),
      grants: users.flatMap((name) =>
        dice.some(ROLES, 3).map((role, index) => ({
          ...{ name: `${name} ${index}`, grantee: { type: 'User' as const, name }, role },
          scope: [
            ...dice.some(COMPANIES, 5).map((value) => oneValue('Company', value)),
            ...(dice.chance(0.4)
              ? [oneValue('Customer', '*')]
              : dice.some(this.customers, 20).map((value) => oneValue('Customer', value))),
          ],
          ...{ from: null, until: null, request: null },
        })),
      ),
      ...{ members: [], shares: [], authorities: [] },
    };
  }
}

function oneValue(dimension: string, value: string) {
  return { dimension, value, descendants: false };
}
