// For tests and local runs only; production code never imports it.
export { startPostgres, postgresUrl, type Postgres, type PostgresOptions } from './infra/postgres';
export { startNats, type Nats, type NatsOptions } from './infra/nats';
export { ensureNatsServer, findNatsServer, type EnsureNatsOptions } from './infra/nats-binary';
export { freePort, isPortTaken } from './infra/child';
