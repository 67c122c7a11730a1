/**
 * Whether somebody still waits for the answer that is being worked on. What works for them asks
 * here, however deep below the door it is; nothing is decided by it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<AbortSignal | null>();

/** Runs `work` for as long as the signal is not aborted. */
export function underSignal<Value>(signal: AbortSignal, work: () => Value): Value {
  return current.run(signal, work);
}

/** Runs what is not done for one request alone, or has to be done even when nobody waits. */
export function detached<Value>(work: () => Value): Value {
  return current.run(null, work);
}

/** The signal of the request that is worked on; null where there is none. */
export function requestSignal(): AbortSignal | null {
  return current.getStore() ?? null;
}
