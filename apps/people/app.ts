/** People: employees, pay, leave and expenses. */
import type { App } from '../../src/doctype/app.ts';
import { department } from './doctypes/department.ts';
import { designation } from './doctypes/designation.ts';
import { employee } from './doctypes/employee.ts';
import { expenseClaim } from './doctypes/expense-claim.ts';
import { expenseClaimDetail } from './doctypes/expense-claim-detail.ts';
import { expenseClaimType } from './doctypes/expense-claim-type.ts';
import { leaveApplication } from './doctypes/leave-application.ts';
import { leaveType } from './doctypes/leave-type.ts';
import { salaryComponent } from './doctypes/salary-component.ts';
import { salaryDetail } from './doctypes/salary-detail.ts';
import { salarySlip } from './doctypes/salary-slip.ts';
import { rules } from './rules.ts';

export const people: App = {
  name: 'people',
  doctypes: [
    department,
    designation,
    employee,
    salaryComponent,
    salarySlip,
    salaryDetail,
    leaveType,
    leaveApplication,
    expenseClaimType,
    expenseClaim,
    expenseClaimDetail,
  ],
  roles: [
    {
      name: 'Employee',
      description: 'Reads the records about oneself; applies for leave and claims expenses.',
    },
    { name: 'HR User', description: 'Keeps employees and leave of a company; sees no pay.' },
    { name: 'HR Manager', description: 'Keeps employees, pay, leave and expenses of a company.' },
    { name: 'Leave Approver', description: 'Approves leave in a department.' },
    { name: 'Expense Approver', description: 'Approves expense claims in a department.' },
  ],
  rules,
};
