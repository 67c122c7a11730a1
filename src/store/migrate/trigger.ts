/** Triggers of a doctype's table, put anew. */
import type { Doctype } from '../../doctype/definition.ts';
import { qualifiedTable } from './doctype-table.ts';

/** Statements that put a trigger anew: its name, when it fires, and what it calls. */
export type MakeTrigger = (name: string, when: string, call: string) => string[];

/** Makes triggers of one doctype's table. */
export function triggerOn(doctype: Doctype): MakeTrigger {
  const table = qualifiedTable(doctype.name);
  return (name, when, call) => [
    `drop trigger if exists ${name} on ${table}`,
    `create trigger ${name} ${when} on ${table} ${call}`,
  ];
}
