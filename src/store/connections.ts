/** How a pool of connections stands. */

/** Of one pool, now. */
export type Connections = {
  readonly inUse: number;
  readonly idle: number;
  readonly most: number;
  /** Those who wait for one. */
  readonly waiting: number;
};

/** The part of pg's pool that counts. */
type Pool = {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max?: number };
};

export function connectionsOf({ totalCount, idleCount, waitingCount, options }: Pool): Connections {
  const { max: most = 0 } = options;
  return { inUse: totalCount - idleCount, idle: idleCount, most, waiting: waitingCount };
}
