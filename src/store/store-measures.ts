/** What the store knows of its connections and of the policy. */
import type { Measure, Sample } from '../base/measures.ts';
import type { Connections } from './connections.ts';
import type { PolicySource } from './policy-source.ts';

/** Measures of these pools, by what each is for, and of the policy. */
export function storeMeasures(
  pools: Readonly<Record<string, Connections>>,
  policies: PolicySource,
): Measure[] {
  const ofPools = (value: (connections: Connections) => number): Sample[] =>
    Object.entries(pools).map(([pool, one]) => ({ labels: { pool }, value: value(one) }));
  const byState = Object.entries(pools).flatMap(([pool, { inUse, idle }]): Sample[] => [
    { labels: { pool, state: 'in use' }, value: inUse },
    { labels: { pool, state: 'idle' }, value: idle },
  ]);
  return [
    {
      name: 'bailiwick_database_connections',
      help: 'Connections to the database',
      type: 'gauge',
      samples: byState,
    },
    {
      name: 'bailiwick_database_connections_max',
      help: 'Connections to the database that there can be',
      type: 'gauge',
      samples: ofPools(({ most }) => most),
    },
    {
      name: 'bailiwick_database_connections_waited_for',
      help: 'Pieces of work that wait for a connection',
      type: 'gauge',
      samples: ofPools(({ waiting }) => waiting),
    },
    ...policyMeasures(policies),
  ];
}

function policyMeasures({ epoch, isBroken, counts, seconds }: PolicySource): Measure[] {
  const byHow = (values: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(values).map(([how, value]) => ({ labels: { how }, value }));
  return [
    {
      name: 'bailiwick_policy_epoch',
      help: 'Epoch of the permissions that were last compiled',
      type: 'gauge',
      samples: epoch === null ? [] : [{ value: epoch }],
    },
    {
      name: 'bailiwick_policy_broken',
      help: '1 while the permissions do not hold together and everything is refused',
      type: 'gauge',
      samples: [{ value: isBroken ? 1 : 0 }],
    },
    {
      name: 'bailiwick_policy_loads_total',
      help: 'How often the permissions were loaded, as a whole or what had changed of them',
      type: 'counter',
      samples: byHow(counts),
    },
    {
      name: 'bailiwick_policy_load_seconds_total',
      help: 'Time for reading and compiling them',
      type: 'counter',
      samples: byHow(seconds),
    },
  ];
}
