/** Works on an answer for as long as somebody waits for it, and not for ever. */
import type { ServerResponse } from 'node:http';
import { underSignal } from '../base/request-signal.ts';

/**
 * Runs `work`; what it has the database do is stopped when the connection of whoever asked is
 * gone, or when it takes longer than so many seconds.
 */
export async function whileWaitedFor<Value>(
  response: ServerResponse,
  seconds: number,
  work: () => Promise<Value>,
): Promise<Value> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), seconds * 1000);
  const onClose = (): void => over.abort();
  response.once('close', onClose);
  // It may have gone before there was anything to tell.
  if (response.destroyed) over.abort();
  try {
    return await underSignal(over.signal, work);
  } finally {
    clearTimeout(timer);
    response.off('close', onClose);
  }
}
