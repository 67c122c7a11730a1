/** Sends requests over kept connections, from several loopback addresses. */
import { Agent, request } from 'node:http';

export type Answer = { readonly status: number; readonly text: string };

/** One request; without a body where there is none. */
export type Sent = { readonly method: string; readonly path: string; readonly body?: unknown };

export type Load = {
  readonly get: (path: string) => Promise<Answer>;
  readonly send: (method: string, path: string, body: unknown) => Promise<Answer>;
  /** Asks for all of the paths, so many at a time; each must be answered with 200. */
  readonly getAll: (paths: readonly string[]) => Promise<void>;
  /** Sends all of them, so many at a time; each must be answered with 200. */
  readonly sendAll: (requests: readonly Sent[]) => Promise<void>;
  readonly close: () => void;
};

const AT_A_TIME = 4;

/**
 * The server limits the requests of one address in a minute, and the limiter stays on. So the
 * load comes from many addresses, as it would in an office.
 */
const ADDRESSES = 100;

/** A client of one server, with these headers on every request; so many of them at a time. */
export function loadOn(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  atATime = AT_A_TIME,
): Load {
  const agents = Array.from({ length: atATime }, () => new Agent({ keepAlive: true }));
  let count = 0;
  const one = async (
    method: string,
    path: string,
    body: unknown = undefined,
    agent = agents[0],
  ): Promise<Answer> => {
    count++;
    // An address for a while, so that its connection is used again.
    const localAddress = `127.0.1.${1 + (Math.floor(count / 20) % ADDRESSES)}`;
    return await ask(`${url}${path}`, { method, headers, agent, localAddress }, body);
  };
  const sendAll = async (requests: readonly Sent[]): Promise<void> => {
    const waiting = requests.values();
    await Promise.all(
      agents.map(async (agent) => {
        for (const { method, path, body } of waiting) {
          const { status, text } = await one(method, path, body, agent);
          if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
        }
      }),
    );
  };
  return {
    get: async (path) => await one('GET', path),
    send: async (method, path, body) => await one(method, path, body),
    getAll: async (paths) => await sendAll(paths.map((path) => ({ method: 'GET', path }))),
    sendAll,
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

async function ask(url: string, options: object, body: unknown): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    asked.on('error', reject);
    if (body !== undefined) asked.setHeader('content-type', 'application/json');
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Signs in, and gives a client whose requests carry the session's cookie. */
export async function signIn(
  url: string,
  user: string,
  password: string,
  atATime = AT_A_TIME,
): Promise<Load> {
  const response = await fetch(`${url}/api/method/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ usr: user, pwd: password }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (response.status !== 200 || cookie === undefined) {
    throw new Error(`${user} could not sign in: ${await response.text()}`);
  }
  return loadOn(url, { cookie }, atATime);
}
