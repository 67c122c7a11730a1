/** What screens ask. Each answer is kept under the person it was given to, and no one else. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ListView } from '../place.ts';
import { count, doctype, doctypes, document, explainRead, list, personas } from './calls.ts';
import { countQuery, listQuery } from './list-question.ts';
import { useSignedIn } from './session.ts';
import type { Doctype } from './shapes.ts';

/** The demo's people; an error where this is not the demo. */
export function usePersonas() {
  return useQuery({ queryKey: ['personas'], queryFn: personas, staleTime: Infinity });
}

/** The doctypes that one may read. */
export function useDoctypes() {
  const { user } = useSignedIn();
  return useQuery({ queryKey: ['of', user, 'doctypes'], queryFn: doctypes });
}

/** One doctype's fields. */
export function useDoctype(name: string) {
  const { user } = useSignedIn();
  return useQuery({ queryKey: ['of', user, 'doctype', name], queryFn: () => doctype(name) });
}

/** One page of a list. The page before stays on the screen until the next has come. */
export function useList(meta: Doctype, view: ListView) {
  const { user } = useSignedIn();
  const query = listQuery(meta, view);
  return useQuery({
    queryKey: ['of', user, 'list', meta.name, query],
    queryFn: ({ signal }) => list(meta.name, query, signal),
    placeholderData: keepPreviousData,
  });
}

/** How many rows a list has over all pages. */
export function useCount(meta: Doctype, view: ListView) {
  const { user } = useSignedIn();
  const query = countQuery(meta, view);
  return useQuery({
    queryKey: ['of', user, 'count', meta.name, query],
    queryFn: ({ signal }) => count(meta.name, query, signal),
  });
}

/** One document. */
export function useDocument(doctypeName: string, name: string) {
  const { user } = useSignedIn();
  return useQuery({
    queryKey: ['of', user, 'document', doctypeName, name],
    queryFn: () => document(doctypeName, name),
  });
}

/** Why one may read it, or what is missing. Asked only while somebody looks at the answer. */
export function useExplanation(doctypeName: string, name: string | null, isOpen: boolean) {
  const { user } = useSignedIn();
  return useQuery({
    queryKey: ['of', user, 'why', doctypeName, name],
    queryFn: () => explainRead(doctypeName, name),
    enabled: isOpen,
  });
}
