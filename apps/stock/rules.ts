/** Who may do what with stock: granted within warehouses, whichever company they belong to. */
import type { RuleSource } from '../../src/doctype/app.ts';

const READ = ['read', 'print', 'email', 'report', 'export'];
const KEEP = [...READ, 'create', 'write', 'delete'];
const POST = [...KEEP, 'submit', 'cancel', 'amend'];

function rule(
  role: string,
  document_type: string,
  actions: readonly string[],
  except: readonly string[] = [],
): RuleSource {
  const source: RuleSource = { role, document_type, actions, reach: 'within' };
  return except.length > 0 ? { ...source, except } : source;
}

export const rules: readonly RuleSource[] = [
  rule('Stock User', 'Stock Entry', POST, ['Company']),
  rule('Stock User', 'Stock Ledger Entry', READ, ['Company']),
  rule('Stock User', 'Warehouse', ['read', 'report'], ['Company']),
  rule('Stock User', 'Company', ['select'], ['Company']),
  rule('Stock User', 'Item', READ),
  rule('Stock User', 'Item Group', ['read']),
  rule('Stock User', 'UOM', ['read']),

  rule('Stock Manager', 'Stock Entry', [...POST, 'import'], ['Company']),
  rule('Stock Manager', 'Stock Ledger Entry', READ, ['Company']),
  rule('Stock Manager', 'Warehouse', [...KEEP, 'import'], ['Company']),
  rule('Stock Manager', 'Company', ['select'], ['Company']),
  rule('Stock Manager', 'Item', [...KEEP, 'import']),
  rule('Stock Manager', 'Item Group', KEEP),
  rule('Stock Manager', 'UOM', KEEP),
];
