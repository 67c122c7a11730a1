/** Whether a request was made on this machine itself, and not only handed over by it. */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** RFC 9110, 7.6.3; RFC 7239; and what proxies said before that. */
const HANDED_OVER = /^(?:via|forwarded|x-forwarded-.+|x-real-ip|x-client-ip|true-client-ip)$/;

/**
 * True where the connection comes from a loopback address, no proxy says that it came from
 * elsewhere, and it was asked for by a name of this machine: a page of another site that has its
 * own name lead here is asked for by that name.
 */
export function isFromThisMachine(address: string | null, headers: IncomingHttpHeaders): boolean {
  if (!isLoopback(address ?? '')) return false;
  if (Object.keys(headers).some((name) => HANDED_OVER.test(name))) return false;
  const url = `http://${headers.host ?? ''}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}

function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
