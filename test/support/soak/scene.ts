/** What everybody in the soak shares: what there is, what is in force, and what was found. */

import type { World } from '../../model/reference.ts';
import type { Values } from '../../model/reference-filter.ts';
import type { Client } from '../client.ts';
import type { Findings } from './findings.ts';
import type { Holdings } from './invoices.ts';
import type { Timeline } from './timeline.ts';

export type Scene = {
  readonly worlds: Timeline<World>;
  readonly holdings: Holdings;
  /** Some expense claims, which nobody writes. */
  readonly claims: readonly Values[];
  readonly findings: Findings;
  readonly clients: ReadonlyMap<string, Client>;
  readonly random: () => number;
};

/** Somebody's own client. */
export function clientIn({ clients }: Pick<Scene, 'clients'>, user: string): Client {
  const client = clients.get(user);
  if (!client) throw new Error(`${user} did not sign in`);
  return client;
}

/** One of them, at random. */
export function pick<Item>({ random }: Pick<Scene, 'random'>, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
