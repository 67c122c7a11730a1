/**
 * The policy of AuthZEN's search scenario on papers of our own: what each search finds against
 * what plain loops over the same data say. View: one's own, one's section's, and for managers
 * all; edit: one's own, and for managers those of their section; delete: one's own.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { PAPERS, type Paper, PEOPLE, type Person } from './authzen-fixture.ts';
import type { Case, Client } from './case.ts';

const ACTIONS = ['read', 'write', 'delete'] as const;
type Action = (typeof ACTIONS)[number];

/** The policy in words of its own, without grants. */
function may({ name, section, isManager }: Person, action: Action, paper: Paper): boolean {
  if (paper.owner === name) return true;
  const isInSection = paper.section === section;
  if (action === 'read') return isManager || isInSection;
  return action === 'write' && isManager && isInSection;
}

const subjectOf = ({ name }: Person) => ({ type: 'user', id: name });
const resourceOf = ({ name }: Paper) => ({ type: 'paper', id: name });

async function found(client: Client, kind: string, body: object): Promise<string[]> {
  const answer = await client.post(`/access/v1/search/${kind}`, body);
  equal(answer.status, 200, answer.text);
  equal(answer.body.page.next_token, '');
  const results: { readonly id?: string; readonly name?: string }[] = answer.body.results;
  return results.map(({ id, name }) => id ?? name ?? '').sort();
}

async function subjects(client: Client): Promise<void> {
  for (const paper of PAPERS) {
    for (const action of ACTIONS) {
      const body = {
        subject: { type: 'user' },
        action: { name: action },
        resource: resourceOf(paper),
      };
      const wanted = PEOPLE.filter((person) => may(person, action, paper)).map(({ name }) => name);
      deepEqual(await found(client, 'subject', body), wanted.sort(), `${action} ${paper.name}`);
    }
  }
}

async function resources(client: Client): Promise<void> {
  for (const person of PEOPLE) {
    for (const action of ACTIONS) {
      const body = {
        subject: subjectOf(person),
        action: { name: action },
        resource: { type: 'paper' },
      };
      const wanted = PAPERS.filter((paper) => may(person, action, paper)).map(({ name }) => name);
      deepEqual(await found(client, 'resource', body), wanted, `${person.name} ${action}`);
    }
  }
}

async function actions(client: Client): Promise<void> {
  for (const person of PEOPLE) {
    for (const paper of PAPERS) {
      const body = { subject: subjectOf(person), resource: resourceOf(paper) };
      const names = await found(client, 'action', body);
      const wanted = ACTIONS.filter((action) => may(person, action, paper));
      const relevant = ACTIONS.filter((action) => names.includes(action));
      deepEqual(relevant, wanted, `${person.name} ${paper.name}`);
    }
  }
}

async function evaluations(client: Client): Promise<void> {
  let allowed = 0;
  for (const person of PEOPLE) {
    for (const action of ACTIONS) {
      const answer = await client.post('/access/v1/evaluations', {
        subject: subjectOf(person),
        action: { name: action },
        evaluations: PAPERS.map((paper) => ({ resource: resourceOf(paper) })),
      });
      equal(answer.status, 200, answer.text);
      for (const [index, { decision }] of answer.body.evaluations.entries()) {
        const paper = PAPERS[index] as Paper;
        equal(decision, may(person, action, paper), `${person.name} ${action} ${paper.name}`);
        allowed += decision ? 1 : 0;
      }
    }
  }
  // Each kind of answer was seen, so that none of the above compared nothing with nothing.
  ok(allowed > 60 && allowed < 300, `${allowed} allowed`);
}

const count = PEOPLE.length * PAPERS.length;

/** Each case asks everything that there is to ask of its kind. */
export const SEARCH_SCENARIO: readonly Case[] = [
  { id: 'search, subject', what: `${PAPERS.length * 3} searches for people`, run: subjects },
  { id: 'search, resource', what: `${PEOPLE.length * 3} searches for papers`, run: resources },
  { id: 'search, action', what: `${count} searches for actions`, run: actions },
  { id: 'search, evaluation', what: `${count * 3} evaluations say the same`, run: evaluations },
];
