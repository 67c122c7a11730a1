/** Salary slips that questions about access are asked of. */
import type { Client } from './client.ts';
import { query } from './people.ts';

export const SLIPS = '/api/resource/Salary Slip';

/** A slip of the employee's own, and one of neither theirs nor the HR manager's. */
export async function twoSlips(as: (persona: string) => Client) {
  const filters = [['employee', 'not in', ['HR-EMP-00042', 'HR-EMP-00007']]];
  const own = await as('employee').get(`${SLIPS}?limit=1`);
  const other = await as('hr-manager').get(SLIPS + query({ filters, limit: 1 }));
  return { own: String(own.body.data[0].name), other: String(other.body.data[0].name) };
}
