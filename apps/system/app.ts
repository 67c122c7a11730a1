/** The system's own doctypes, and the roles that administer it: none reads business records. */
import type { App, RuleSource } from '../../src/doctype/app.ts';
import { ASSIGNMENT } from './doctypes/assignment.ts';
import { ATTACHMENT } from './doctypes/attachment.ts';
import { AUDIT_ENTRY } from './doctypes/audit-entry.ts';
import { COMMENT } from './doctypes/comment.ts';
import { FOLLOW } from './doctypes/follow.ts';
import { GRANT, GRANT_SCOPE } from './doctypes/grant.ts';
import { GRANTING_AUTHORITY } from './doctypes/granting-authority.ts';
import { GROUP, GROUP_MEMBER } from './doctypes/group.ts';
import { PERMISSION_CHANGE } from './doctypes/permission-change.ts';
import { ROLE } from './doctypes/role.ts';
import { ROLE_RULE } from './doctypes/role-rule.ts';
import { SEPARATION_RULE } from './doctypes/separation-rule.ts';
import { SHARE } from './doctypes/share.ts';
import { TAG_LINK } from './doctypes/tag-link.ts';
import { USER } from './doctypes/user.ts';

const PERMISSION_RECORDS = [
  ...['Role', 'Role Rule', 'Grant', 'Group', 'Share', 'Granting Authority'],
  'Separation Rule',
  'Permission Change',
];

function rule(role: string, document_type: string, actions: readonly string[]): RuleSource {
  return { role, document_type, actions, reach: 'within' };
}

export const system: App = {
  name: 'system',
  doctypes: [
    USER,
    ROLE,
    ROLE_RULE,
    GRANT_SCOPE,
    GRANT,
    GROUP_MEMBER,
    GROUP,
    SHARE,
    GRANTING_AUTHORITY,
    SEPARATION_RULE,
    PERMISSION_CHANGE,
    AUDIT_ENTRY,
    // These belong to other documents, which decide about them: no rule opens one.
    COMMENT,
    ASSIGNMENT,
    TAG_LINK,
    FOLLOW,
    ATTACHMENT,
  ],
  roles: [
    {
      name: 'System Manager',
      description: 'Administers users and settings. Reads no business records.',
    },
    {
      name: 'Permission Manager',
      description: 'Gives and ends access within an authority. Reads no business records.',
    },
    {
      name: 'Auditor',
      description: 'Reads the audit log and may ask who can see what. Reads no business records.',
    },
    {
      name: 'Operator',
      description: 'The command line on the machine itself: may ask who can see what.',
    },
    {
      name: 'Member',
      description:
        'Everybody who signed in: may share what they may share, and end their own shares.',
    },
    { name: 'Assistant Admin', description: 'Decides what assistants may do.' },
    { name: 'Assistant User', description: 'May connect an assistant that acts for them.' },
  ],
  rules: [
    ...['Role', 'Role Rule', 'Group', 'Grant', 'Granting Authority'].map((name) =>
      rule('Permission Manager', name, ['read', 'create', 'write', 'delete']),
    ),
    rule('Permission Manager', 'Share', ['read', 'delete']),
    rule('Permission Manager', 'User', ['read']),
    // Proposes, and approves what others proposed, each within an authority.
    rule('Permission Manager', 'Permission Change', ['read', 'create', 'write', 'submit']),
    // Whoever gives access is bound by what keeps duties apart, and somebody else decides it.
    rule('Permission Manager', 'Separation Rule', ['read']),
    rule('System Manager', 'Separation Rule', ['read', 'create', 'write', 'delete']),
    rule('System Manager', 'User', ['read', 'create', 'write']),
    rule('System Manager', 'Role', ['read']),
    rule('System Manager', 'Group', ['read']),
    rule('Auditor', 'Audit Entry', ['read', 'inspect']),
    rule('Auditor', 'User', ['read', 'inspect']),
    {
      ...rule('Member', 'Share', ['read', 'create', 'delete']),
      when: [['owner', '=', '$me']],
    },
    ...PERMISSION_RECORDS.map((name) => rule('Auditor', name, ['read', 'inspect'])),
    ...PERMISSION_RECORDS.map((name) => rule('Operator', name, ['read', 'inspect'])),
    rule('Operator', 'User', ['read', 'inspect']),
  ],
};
