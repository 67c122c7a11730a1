/** Who works where: the posts of each company, parents before those who report to them. */

/** Some posts with the same work. `lead` names the first of them, for `under` to refer to. */
export type Post = {
  readonly count: number;
  readonly designation: string;
  readonly department: string;
  readonly costCenter: string;
  /** Yearly pay in the company's currency, before variation. */
  readonly salary: number;
  readonly lead?: string;
  readonly under?: string;
  /** `YYYY-MM-DD`, where the day of joining is not left to chance. */
  readonly joins?: string;
};

type Row = readonly [
  count: number,
  designation: string,
  department: string,
  costCenter: string,
  salary: number,
  under: string | null,
  lead?: string,
];

function posts(rows: readonly Row[]): Post[] {
  return rows.map(([count, designation, department, costCenter, salary, under, lead]) => ({
    count,
    designation,
    department,
    costCenter,
    salary,
    ...(under === null ? {} : { under }),
    ...(lead === undefined ? {} : { lead }),
  }));
}

const UK: readonly Post[] = posts([
  [1, 'Managing Director', 'Management', 'UK Head Office', 118_000, null, 'uk'],
  [1, 'Finance Manager', 'Finance', 'UK Head Office', 72_000, 'uk', 'uk-finance'],
  [4, 'Accountant', 'Finance', 'UK Head Office', 41_000, 'uk-finance'],
  [1, 'People Manager', 'People', 'UK Head Office', 58_000, 'uk', 'uk-people'],
  [2, 'People Officer', 'People', 'UK Head Office', 34_500, 'uk-people'],
  [1, 'Head of Sales', 'Sales', 'UK Head Office', 69_000, 'uk', 'uk-sales'],
  [1, 'Store Manager', 'Retail', 'Leeds Retail', 39_500, 'uk-sales', 'leeds-retail'],
  [11, 'Sales Assistant', 'Retail', 'Leeds Retail', 25_800, 'leeds-retail'],
  [1, 'Store Manager', 'Retail', 'London Retail', 44_000, 'uk-sales', 'london-retail'],
  [9, 'Sales Assistant', 'Retail', 'London Retail', 28_600, 'london-retail'],
  [1, 'Head of Workshops', 'Workshop', 'Leeds', 56_000, 'uk', 'uk-workshop'],
  [1, 'Workshop Manager', 'Workshop', 'Leeds Workshop', 42_000, 'uk-workshop', 'leeds-workshop'],
  [11, 'Bicycle Mechanic', 'Workshop', 'Leeds Workshop', 30_500, 'leeds-workshop'],
  [1, 'Workshop Manager', 'Workshop', 'London Workshop', 45_500, 'uk-workshop', 'london-workshop'],
  [6, 'Bicycle Mechanic', 'Workshop', 'London Workshop', 33_000, 'london-workshop'],
  [1, 'Stores Supervisor', 'Stores', 'Leeds', 35_000, 'uk', 'uk-stores'],
  [5, 'Storekeeper', 'Stores', 'Leeds', 26_400, 'uk-stores'],
  [2, 'Storekeeper', 'Stores', 'London', 28_200, 'uk-stores'],
  [1, 'Purchasing Manager', 'Purchasing', 'UK Head Office', 55_000, 'uk', 'uk-purchasing'],
  [4, 'Buyer', 'Purchasing', 'UK Head Office', 37_000, 'uk-purchasing'],
  [1, 'Marketing Manager', 'Marketing', 'UK Head Office', 53_000, 'uk', 'uk-marketing'],
  [3, 'Marketing Executive', 'Marketing', 'UK Head Office', 33_500, 'uk-marketing'],
  [1, 'Online Manager', 'Online', 'UK Online', 47_500, 'uk-sales', 'uk-online'],
  [5, 'Online Adviser', 'Online', 'UK Online', 27_500, 'uk-online'],
]);

const SG: readonly Post[] = posts([
  [1, 'General Manager', 'Management', 'SG Head Office', 168_000, 'uk', 'sg'],
  [1, 'Finance Manager', 'Finance', 'SG Head Office', 98_000, 'sg', 'sg-finance'],
  [1, 'Accountant', 'Finance', 'SG Head Office', 62_000, 'sg-finance'],
  [1, 'Store Manager', 'Retail', 'Singapore Retail', 72_000, 'sg', 'sg-retail'],
  [9, 'Sales Assistant', 'Retail', 'Singapore Retail', 39_000, 'sg-retail'],
  [1, 'Online Manager', 'Online', 'Singapore Online', 74_000, 'sg', 'sg-online'],
  [3, 'Online Adviser', 'Online', 'Singapore Online', 42_000, 'sg-online'],
  [1, 'Workshop Manager', 'Workshop', 'Singapore', 66_000, 'sg', 'sg-workshop'],
  [5, 'Bicycle Mechanic', 'Workshop', 'Singapore', 43_000, 'sg-workshop'],
  [3, 'Storekeeper', 'Stores', 'Singapore', 35_000, 'sg'],
]);

const DE: readonly Post[] = posts([
  [1, 'General Manager', 'Management', 'DE Head Office', 112_000, 'uk', 'de'],
  [1, 'Finance Manager', 'Finance', 'DE Head Office', 74_000, 'de', 'de-finance'],
  [2, 'Accountant', 'Finance', 'DE Head Office', 47_000, 'de-finance'],
  [1, 'People Officer', 'People', 'DE Head Office', 43_000, 'de'],
  [1, 'Store Manager', 'Retail', 'Berlin Retail', 48_000, 'de', 'berlin-retail'],
  [9, 'Sales Assistant', 'Retail', 'Berlin Retail', 31_000, 'berlin-retail'],
  [1, 'Store Manager', 'Retail', 'Hamburg', 46_000, 'de', 'hamburg'],
  [6, 'Sales Assistant', 'Retail', 'Hamburg', 30_500, 'hamburg'],
  [1, 'Online Adviser', 'Online', 'DE Head Office', 36_000, 'de'],
  [1, 'Workshop Manager', 'Workshop', 'Berlin Workshop', 49_000, 'de', 'berlin-workshop'],
  [7, 'Bicycle Mechanic', 'Workshop', 'Berlin Workshop', 36_500, 'berlin-workshop'],
  [3, 'Storekeeper', 'Stores', 'Berlin', 31_500, 'de'],
  [2, 'Storekeeper', 'Stores', 'Hamburg', 31_000, 'de'],
]);

/** The last post filled, and so the last employee number: it started this week. */
const NEW_HIRE: Post = {
  count: 1,
  designation: 'Sales Assistant',
  department: 'Retail',
  costCenter: 'Leeds Retail',
  salary: 25_200,
  under: 'leeds-retail',
  joins: '2026-11-16',
};

/** The posts by company, in the order in which employee numbers are given. */
export const STAFFING: readonly { readonly company: string; readonly posts: readonly Post[] }[] = [
  { company: 'Larkspur UK', posts: UK },
  { company: 'Larkspur SG', posts: SG },
  { company: 'Larkspur DE', posts: DE },
  { company: 'Larkspur UK', posts: [NEW_HIRE] },
];
