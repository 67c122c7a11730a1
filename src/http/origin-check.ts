/**
 * Cross-site requests with a cookie. Browsers say where a request comes from; a write from
 * elsewhere is refused. A client that sends neither header is no browser and has no ambient cookie.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
import { Refusal } from '../base/errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws `forbidden` for a cookie's write that another site sent. */
export function refuseCrossSite(
  method: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  ownOrigins: ReadonlySet<string>,
): void {
  if (SAFE.has(method)) return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refusal();
  const origin = headers['origin'];
  if (origin !== undefined && !ownOrigins.has(String(origin))) throw refusal();
}

/** Names by which a browser on this machine reaches it; an address elsewhere has only its own. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The origins that a page served at this address may have. */
export function originsOf(url: string): ReadonlySet<string> {
  if (!URL.canParse(url)) return new Set();
  const { protocol, hostname, port, origin } = new URL(url);
  if (!LOOPBACK.includes(hostname)) return new Set([origin]);
  return new Set(LOOPBACK.map((host) => new URL(`${protocol}//${host}:${port}`).origin));
}

/**
 * The own origin that a request was sent to, by its `Host`. That header says what it likes: where
 * it names none of ours, the first of them is given and not what it says.
 */
export function originNamedBy(host: string | undefined, ownOrigins: ReadonlySet<string>): string {
  const [first = ''] = ownOrigins;
  const named = [...ownOrigins].find((origin) => new URL(origin).host === host?.toLowerCase());
  return named ?? first;
}

function refusal(): Refusal {
  return new Refusal('forbidden', 'This request came from another site and was refused.');
}
