import { cpu, type Ground, modestParts } from './ground';

/** Profile small brings its own PostgreSQL and NATS. */
export function smallGround(namespace: string, release: string): Ground {
  const nats = { namespace, service: `${release}-nats` };
  const postgres = { namespace, service: `${release}-postgres` };
  const server = { namespace, kind: 'statefulset', covered: false } as const;
  return {
    profile: 'small',
    files: ['charts/atrium/values-small.yaml'],
    values: {
      postgres: cpu('300m', '256Mi'),
      nats: cpu('60m', '64Mi'),
      gateway: cpu('100m', '256Mi'),
      ...modestParts('40m', '10m'),
    },
    nats,
    database: () => postgres,
    beside: [
      { ...server, name: nats.service },
      { ...server, name: postgres.service },
    ],
    prepare: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  };
}
