/** The books: companies, customers, suppliers, invoices, payments and the ledger. */
import type { App } from '../../src/doctype/app.ts';
import { account } from './doctypes/account.ts';
import { company } from './doctypes/company.ts';
import { costCenter } from './doctypes/cost-center.ts';
import { currency } from './doctypes/currency.ts';
import { customer } from './doctypes/customer.ts';
import { customerGroup } from './doctypes/customer-group.ts';
import { fiscalYear } from './doctypes/fiscal-year.ts';
import { glEntry } from './doctypes/gl-entry.ts';
import { item } from './doctypes/item.ts';
import { itemGroup } from './doctypes/item-group.ts';
import { journalEntry } from './doctypes/journal-entry.ts';
import { journalEntryAccount } from './doctypes/journal-entry-account.ts';
import { paymentEntry } from './doctypes/payment-entry.ts';
import { paymentEntryReference } from './doctypes/payment-entry-reference.ts';
import { purchaseInvoice } from './doctypes/purchase-invoice.ts';
import { purchaseInvoiceItem } from './doctypes/purchase-invoice-item.ts';
import { salesInvoice } from './doctypes/sales-invoice.ts';
import { salesInvoiceItem } from './doctypes/sales-invoice-item.ts';
import { supplier } from './doctypes/supplier.ts';
import { territory } from './doctypes/territory.ts';
import { rules } from './rules.ts';

export const accounts: App = {
  name: 'accounts',
  doctypes: [
    company,
    currency,
    fiscalYear,
    costCenter,
    account,
    customerGroup,
    territory,
    customer,
    supplier,
    itemGroup,
    item,
    salesInvoice,
    salesInvoiceItem,
    purchaseInvoice,
    purchaseInvoiceItem,
    paymentEntry,
    paymentEntryReference,
    journalEntry,
    journalEntryAccount,
    glEntry,
  ],
  roles: [
    {
      name: 'Accounts User',
      description: 'Keeps invoices and payments of the cost centers granted; reads their ledger.',
    },
    {
      name: 'Accounts Manager',
      description: 'Keeps the books as a whole: also journal entries, accounts and credit limits.',
    },
  ],
  rules,
};
