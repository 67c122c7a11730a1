/** One line of a voucher, in cents; `account` is the short name of the chart of accounts. */
export type Posting = {
  readonly account: string;
  readonly costCenter: string | null;
  readonly debit: number;
  readonly credit: number;
  readonly party?: { readonly type: 'Customer' | 'Supplier'; readonly name: string };
};
