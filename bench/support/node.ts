/** A serving node's inside, in this process, without a door. */
import { principalNamed } from '../../src/authz/index.ts';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import { Documents } from '../../src/documents/documents.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Database, type DatabaseAddress } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';

export type Node = { readonly store: Store; readonly documents: Documents };

export type Pools = { readonly requests: Database; readonly policies: Database };

/** Connections of one node, with the application's login. */
export function poolsOn(address: DatabaseAddress): Pools {
  return { requests: new Database(address, 2), policies: new Database(address, 1) };
}

export async function closePools({ requests, policies }: Pools): Promise<void> {
  await requests.close();
  await policies.close();
}

/** A node that has loaded nothing yet. */
export function nodeOn({ requests, policies }: Pools): Node {
  const store = new Store(requests, policies, Date.now);
  return {
    store,
    documents: new Documents({
      store,
      seal: sealWith('a key for benchmarks'),
      cursors: sealedTokens('a key for benchmarks'),
    }),
  };
}

/** Somebody by their name, as the application's login may claim them. */
export function callerNamed(name: string): Caller {
  const credential = { kind: 'named', principal: name } as const;
  const principal = principalNamed(name);
  return { principal, credential, requestId: 'bench', door: 'bench', address: null };
}
