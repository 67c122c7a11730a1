/** Several people at one server, each signed in once. */
import { type Client, clientOf, signIn } from './client.ts';
import type { DemoServer } from './demo-server.ts';

/** Signs the personas in; the answer gives the client of each, and a guest's for `guest`. */
export async function people(
  server: DemoServer,
  personas: readonly string[],
): Promise<(persona: string) => Client> {
  const clients = new Map<string, Client>([['guest', clientOf(server.url)]]);
  for (const persona of personas) {
    clients.set(persona, await signIn(server.url, persona, server.password));
  }
  return (persona) => {
    const client = clients.get(persona);
    if (!client) throw new Error(`${persona} did not sign in`);
    return client;
  };
}

/** A query string whose values are JSON, except for text. */
export function query(parameters: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `?${new URLSearchParams(pairs)}`;
}
