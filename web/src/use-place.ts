/** The place as React sees it: a component that asks is drawn again when the address changes. */
import { useMemo, useSyncExternalStore } from 'react';
import { type Place, placeOf } from './place.ts';

/** Where somebody is now. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => placeOf(hash), [hash]);
}

/** Goes to an address of `place.ts`, as if a link had been followed. */
export function goTo(address: string): void {
  window.location.hash = address;
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}
