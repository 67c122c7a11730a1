/** A person at the HTTP door: signs in, keeps the cookie, and reads what comes back. */
export type Answer = {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests that read them
  readonly body: any;
  readonly headers: Headers;
};

export type Client = {
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body: unknown) => Promise<Answer>;
  readonly put: (path: string, body: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
};

/** A client with these headers on every request: none is a guest. */
export function clientOf(url: string, headers: Record<string, string> = {}): Client {
  const request: Client['request'] = async (method, path, body, more = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : null,
      headers: response.headers,
    };
  };
  return {
    request,
    get: async (path) => await request('GET', path),
    post: async (path, body) => await request('POST', path, body),
    put: async (path, body) => await request('PUT', path, body),
    delete: async (path) => await request('DELETE', path),
  };
}

/** Signs a persona of the demo in: `employee` is employee@demo.test. */
export async function signIn(url: string, persona: string, password: string): Promise<Client> {
  const usr = persona.includes('@') ? persona : `${persona}@demo.test`;
  const answer = await clientOf(url).post('/api/method/login', { usr, pwd: password });
  if (answer.status !== 200) throw new Error(`${usr} could not sign in: ${answer.text}`);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return clientOf(url, { cookie });
}
