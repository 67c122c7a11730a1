/** Stock: warehouses, what comes into them and what leaves. */
import type { App } from '../../src/doctype/app.ts';
import { stockEntry } from './doctypes/stock-entry.ts';
import { stockEntryDetail } from './doctypes/stock-entry-detail.ts';
import { stockLedgerEntry } from './doctypes/stock-ledger-entry.ts';
import { uom } from './doctypes/uom.ts';
import { warehouse } from './doctypes/warehouse.ts';
import { rules } from './rules.ts';

export const stock: App = {
  name: 'stock',
  doctypes: [uom, warehouse, stockEntry, stockEntryDetail, stockLedgerEntry],
  roles: [
    { name: 'Stock User', description: 'Books goods in and out of the warehouses granted.' },
    { name: 'Stock Manager', description: 'Also keeps warehouses and items.' },
  ],
  rules,
};
