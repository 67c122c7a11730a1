import type { Doctype } from '../../../src/doctype/definition.ts';

/**
 * A change of permissions that one person proposes and another approves, by which it is made.
 * Submitted is approved. Everything but what is changed and why is written by the system.
 */
export const PERMISSION_CHANGE: Doctype = {
  name: 'Permission Change',
  app: 'system',
  autoname: 'CHANGE-.#####',
  is_submittable: true,
  title_field: 'reason',
  sort_field: 'creation',
  sort_order: 'desc',
  fields: [
    {
      fieldname: 'status',
      fieldtype: 'Select',
      options: 'Proposed\nApproved\nRejected\nWithdrawn\nExpired',
      label: 'Status',
      read_only: true,
      in_list_view: true,
      in_standard_filter: true,
    },
    {
      fieldname: 'reason',
      fieldtype: 'Small Text',
      label: 'Why',
      reqd: true,
      set_only_once: true,
      in_list_view: true,
    },
    {
      fieldname: 'changes',
      fieldtype: 'JSON',
      label: 'What comes and what goes',
      reqd: true,
      set_only_once: true,
    },
    {
      fieldname: 'proposed_by',
      fieldtype: 'Data',
      label: 'Proposed by',
      read_only: true,
      in_list_view: true,
      in_standard_filter: true,
    },
    {
      fieldname: 'expires',
      fieldtype: 'Datetime',
      label: 'Can be approved until',
      read_only: true,
    },
    {
      fieldname: 'personal_pairs',
      fieldtype: 'Int',
      label: 'Personal pairs when it was proposed',
      read_only: true,
      in_list_view: true,
    },
    {
      fieldname: 'effect',
      fieldtype: 'JSON',
      label: 'Effect when it was proposed',
      read_only: true,
    },
    {
      fieldname: 'digest',
      fieldtype: 'Data',
      label: 'Digest of both',
      length: 64,
      read_only: true,
    },
    { fieldname: 'decided_by', fieldtype: 'Data', label: 'Decided by', read_only: true },
    { fieldname: 'approved_by', fieldtype: 'Data', label: 'Approved by', read_only: true },
    { fieldname: 'decided_at', fieldtype: 'Datetime', label: 'Decided at', read_only: true },
    {
      fieldname: 'approved_effect',
      fieldtype: 'JSON',
      label: 'Effect when it was approved',
      read_only: true,
    },
  ],
};
