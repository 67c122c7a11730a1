/** The routes of the API that the Desk uses, one function each. */
import { request } from './request.ts';
import type { Doctype, DoctypeCard, Explanation, Persona, Row } from './shapes.ts';

const part = encodeURIComponent;

type Data<T> = { readonly data: T };

/** Opens a session, kept in a cookie that this page cannot read; gives the person's full name. */
export async function signIn(user: string, password: string): Promise<string> {
  const body = { usr: user, pwd: password };
  const answer = await request<{ full_name: string }>('/api/method/login', {
    method: 'POST',
    body,
  });
  return answer.full_name;
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await request('/api/method/logout', { method: 'POST', body: {} });
}

/** Who is signed in. Throws `ApiError` 401 where nobody is. */
export async function loggedUser(): Promise<{ message: string; full_name?: string }> {
  return await request('/api/method/frappe.auth.get_logged_user');
}

/** The people of the demo. Throws `ApiError` 404 where this is not the demo. */
export async function personas(): Promise<readonly Persona[]> {
  return (await request<Data<Persona[]>>('/api/personas')).data;
}

/** The doctypes that one may read. */
export async function doctypes(): Promise<readonly DoctypeCard[]> {
  return (await request<Data<DoctypeCard[]>>('/api/doctypes')).data;
}

/** A doctype's fields, as one may see them. */
export async function doctype(name: string): Promise<Doctype> {
  return (await request<Data<Doctype>>(`/api/doctype/${part(name)}`)).data;
}

/** One page of documents; `query` as `list-question.ts` writes it. */
export async function list(name: string, query: string, signal: AbortSignal): Promise<Row[]> {
  return (await request<Data<Row[]>>(`/api/resource/${part(name)}?${query}`, { signal })).data;
}

/** How many documents there are over all pages. */
export async function count(name: string, query: string, signal: AbortSignal): Promise<number> {
  return (await request<Data<number>>(`/api/count/${part(name)}?${query}`, { signal })).data;
}

/** One document. */
export async function document(doctypeName: string, name: string): Promise<Row> {
  return (await request<Data<Row>>(`/api/resource/${part(doctypeName)}/${part(name)}`)).data;
}

/** Why one may read a document, or a doctype where no name is given; or what is missing. */
export async function explainRead(doctypeName: string, name: string | null): Promise<Explanation> {
  const about = { action: 'read', doctype: doctypeName, ...(name === null ? {} : { name }) };
  return await request<Explanation>('/api/access/explain', { method: 'POST', body: about });
}
