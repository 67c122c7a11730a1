/** What `branch-accountant` may reach, as whoever writes a query by hand would put it. */
export const SCOPE = {
  company: 'Larkspur UK',
  costCenters: ['Leeds', 'Leeds Retail', 'Leeds Workshop'],
} as const;

/** Requests on their way at a time. */
export const CONNECTIONS = 16;
