/**
 * What brings the demo company in: a system principal whose grant and authority exist only where
 * a demo is made, and only until it is complete.
 */

export const LOADER = 'system:demo';

/** Ended last: while it is in force, the demo company is not complete. */
export const DEMO_GRANT = `${LOADER}: Demo Loader`;

export const DEMO_AUTHORITY = `${LOADER} may give all`;
