/** The demo made ready for the soak: what there is, who signed in, and what each of them does. */

import { type Client, signIn } from '../client.ts';
import { done } from '../outcome.ts';
import { query } from '../people.ts';
import { randomFrom } from '../random.ts';
import { Changer, type Planted } from './changer.ts';
import { Findings } from './findings.ts';
import { countAll, firstPage, getOne, listAll, sumByCenter } from './invoice-questions.ts';
import { evaluate, fieldsOfClaims } from './other-questions.ts';
import { EVERYBODY, GIVER, READERS, SHARER, SUBJECTS, WRITERS } from './people.ts';
import { ask, type Question } from './reader.ts';
import { differencesOf } from './same-world.ts';
import { clientIn, pick, type Scene } from './scene.ts';
import { makeSetting } from './setting.ts';
import { openTables, readClaims, readHeaps, readWorld } from './tables.ts';
import { Timeline } from './timeline.ts';
import { touch } from './touch.ts';
import { type Material, Writer } from './writer.ts';

/** Invoices that nobody writes once the load begins. */
const STILL = 40;

/** What each kind of actor waits between two steps, so that all of them come by. */
const PACE_MS = { writer: 15, toucher: 15, reader: 5, inspector: 40, changer: 300 };

/** So few at once that most answers come between two changes, and one world is possible. */
const READERS_AT_ONCE = 4;

type Actor = { readonly paceMs: number; readonly step: () => Promise<void> };

export type Company = {
  readonly scene: Scene;
  readonly changer: Changer;
  readonly actors: readonly Actor[];
  /** What the tables hold otherwise than it is known, once nobody works any more. */
  readonly differences: () => Promise<string[]>;
};

type Opening = {
  readonly url: string;
  readonly dataDir: string;
  readonly password: string;
  readonly random: () => number;
  readonly findings: Findings;
  readonly planted?: Planted;
};

/** Signs everybody in and makes what the soak begins with. */
export async function openCompany(opening: Opening): Promise<Company> {
  const { url, dataDir, password, random, findings, planted = null } = opening;
  const clients = new Map<string, Client>();
  for (const user of EVERYBODY) clients.set(user, await signIn(url, user, password));
  const setting = await makeSetting(clientIn({ clients }, GIVER));
  const material = await materialFor(clientIn({ clients }, SHARER));
  const tables = await openTables(dataDir);
  try {
    const worlds = new Timeline(await readWorld(tables));
    const heaps = await readHeaps(tables);
    const claims = await readClaims(tables);
    const writers = WRITERS.map((user, i) => new Writer(user, 'abcdefgh'.charAt(i), material));
    const still = new Writer(SHARER, 's', material);
    const piles = writers.map(({ pile }) => pile);
    const empty: Scene = {
      ...{ worlds, claims, findings, clients, random },
      holdings: { heaps, still: [], piles },
    };
    // What is made beforehand is compared as well, and counts for nothing.
    await makeStill({ ...empty, findings: new Findings() }, still);
    const scene = { ...empty, holdings: { heaps, still: still.pile.last, piles } };
    const changer = new Changer(setting, planted);
    const differences = async () => (planted ? [] : await differencesAt(dataDir, scene.worlds));
    return { scene, changer, actors: actorsIn(scene, changer, writers), differences };
  } finally {
    await tables.close();
  }
}

/** Each draws from numbers of its own: what it means to do does not hang on how fast others are. */
function actorsIn(scene: Scene, changer: Changer, writers: readonly Writer[]): Actor[] {
  const actor = (paceMs: number, step: (own: Scene) => Promise<void>): Actor => {
    const own = { ...scene, random: randomFrom(Math.floor(scene.random() * 2 ** 31)) };
    return { paceMs, step: async () => await step(own) };
  };
  return [
    actor(PACE_MS.changer, async (own) => {
      await changer.step(own);
      // At once, before the next change: for these answers there is one world, the new one.
      await Promise.all(SUBJECTS.map((user) => ask(own, user, listAll(own, user))));
    }),
    ...writers.map((writer) => actor(PACE_MS.writer, async (own) => await writer.step(own))),
    ...Array.from({ length: READERS_AT_ONCE }, () =>
      actor(PACE_MS.reader, async (own) => {
        const user = pick(own, READERS);
        await ask(own, user, someQuestion(own, user));
      }),
    ),
    actor(PACE_MS.toucher, touch),
    actor(PACE_MS.inspector, evaluate),
  ];
}

function someQuestion(scene: Scene, user: string): Question {
  const chance = scene.random();
  if (chance < 0.35) return getOne(scene, user);
  if (chance < 0.55) return listAll(scene, user);
  if (chance < 0.65) return firstPage(scene, user);
  if (chance < 0.8) return countAll(scene, user);
  if (chance < 0.92) return sumByCenter(scene, user);
  return fieldsOfClaims(scene, user);
}

/** Some that stay drafts, some that are submitted, some that are cancelled. */
async function makeStill(scene: Scene, writer: Writer): Promise<void> {
  for (let number = 0; number < STILL; number++) await writer.make(scene);
  for (const one of writer.pile.last.slice(0, STILL / 2)) await writer.advance(scene, one);
  const submitted = writer.pile.last.filter(({ docstatus }) => docstatus === 1);
  for (const one of submitted.slice(0, STILL / 4)) await writer.advance(scene, one);
  if (scene.findings.faults.length > 0) throw new Error(scene.findings.faults.join('\n'));
}

async function materialFor(client: Client): Promise<Material> {
  const list = async (doctype: string, fields: readonly string[], limit: number) =>
    await done(client.get(`/api/resource/${doctype}${query({ fields, limit: String(limit) })}`));
  const [customer] = await list('Customer', ['name'], 1);
  const [item] = await list('Item', ['name', 'stock_uom'], 1);
  const [currency] = await list('Currency', ['name'], 1);
  const centers = await list('Cost Center', ['name', 'company'], 500);
  return {
    ...{ customer: customer.name, item: item.name, uom: item.stock_uom },
    ...{ currency: currency.name, centers },
  };
}

async function differencesAt(dataDir: string, worlds: Scene['worlds']): Promise<string[]> {
  const tables = await openTables(dataDir);
  try {
    return differencesOf(worlds.last, await readWorld(tables), Date.now());
  } finally {
    await tables.close();
  }
}
