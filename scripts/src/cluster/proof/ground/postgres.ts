import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@atrium/testkit';
import { parseAllDocuments } from 'yaml';
import { cpu } from './ground';

/** What is read of a Cluster of CloudNativePG. */
interface Cluster {
  metadata: { name: string };
  spec: {
    bootstrap: { initdb: { database: string; owner: string; postInitApplicationSQL: string[] } };
    managed: { roles: { name: string }[] };
    postgresql: { parameters: Record<string, string> };
  };
}

export interface Logins {
  superuser: string;
  owner: string;
  app: string;
}
export interface Database {
  service: string;
  database: string;
  owner: string;
  app: string;
  parameters: Record<string, string>;
  /** What the operator runs as superuser in the new database. */
  sql: string[];
}

/** k8s/postgres/points.yaml under another name, as docs/how-to/kubernetes.md makes it. */
export function databaseOf(service: string): Database {
  const text = readFileSync(join(ROOT, 'k8s', 'postgres', 'points.yaml'), 'utf8').replaceAll('points', service);
  const [cluster] = parseAllDocuments(text).map((one) => one.toJSON() as Cluster);
  const app = cluster?.spec.managed.roles[0]?.name;
  if (cluster === undefined || app === undefined)
    throw new Error('k8s/postgres/points.yaml has no Cluster with a role');
  const { database, owner, postInitApplicationSQL } = cluster.spec.bootstrap.initdb;
  return { service, database, owner, app, parameters: cluster.spec.postgresql.parameters, sql: postInitApplicationSQL };
}

/**
 * One server in the place of a Cluster: its Service, labels, logins and first statements, without a second server, backups or
 * certificates. Passwords are letters and digits.
 */
export function postgresOf({ service, database, owner, app, parameters, sql }: Database, image: string, is: Logins) {
  const name = `${service}-rw`;
  const labels = { 'cnpg.io/cluster': service };
  const settings = Object.entries(parameters).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const init = [
    `create role "${owner}" login password '${is.owner}';`,
    `create database "${database}" owner "${owner}";`,
    `\\connect "${database}"`,
    ...sql.map((statement) => `${statement};`),
    `alter role "${app}" password '${is.app}';`,
  ].join('\n');
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      stringData: { 'init.sql': init, POSTGRES_PASSWORD: is.superuser },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: labels, ports: [{ port: 5432 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 999,
              runAsGroup: 999,
              fsGroup: 999,
              // PostgreSQL refuses a folder that a second start has opened to its group.
              fsGroupChangePolicy: 'OnRootMismatch',
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name: 'postgres',
                image,
                args: ['postgres', '-c', 'shared_buffers=64MB', ...settings],
                env: [
                  { name: 'PGDATA', value: '/var/lib/postgresql/data' },
                  {
                    name: 'POSTGRES_PASSWORD',
                    valueFrom: { secretKeyRef: { name, key: 'POSTGRES_PASSWORD' } },
                  },
                ],
                lifecycle: { preStop: { exec: { command: ['pg_ctl', 'stop', '-m', 'fast', '-W'] } } },
                readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 2, timeoutSeconds: 5 },
                ...cpu('50m', '128Mi'),
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
                volumeMounts: [
                  { name: 'data', mountPath: '/var/lib/postgresql' },
                  { name: 'run', mountPath: '/var/run/postgresql' },
                  { name: 'tmp', mountPath: '/tmp' },
                  { name: 'init', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: 'run', emptyDir: {} },
              { name: 'tmp', emptyDir: {} },
              { name: 'init', secret: { secretName: name, items: [{ key: 'init.sql', path: 'init.sql' }] } },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
          },
        ],
      },
    },
  ];
}
