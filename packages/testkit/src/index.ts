// For tests and local runs only; production code never imports it.
export { cloneDatabase, type TestDatabase } from './database';
export { controllableClock, type Advance, type ControllableClock } from './clock';
export { inFlight } from './in-flight';
export { askWhileAway } from './late-requests';
export { eventually, type EventuallyOptions } from './eventually';
export { startPostgres, postgresUrl, type Postgres, type PostgresOptions } from './infra/postgres';
export { asAdmin, provisionDatabase, rolesOf, type ServiceDatabase, type ServiceRoles } from './infra/provision';
export { startNats, startNats as startTestNats, type Nats, type NatsOptions } from './infra/nats';
export { startRedis, type Redis } from './infra/redis';
export { findProgram, goInstall } from './infra/programs';
export { ensureNatsServer, findNatsServer, type EnsureNatsOptions } from './infra/nats-binary';
export { freePort, freePortRow, isPortTaken } from './infra/child';
export { startTestService, TEST_GROUP, type TestService } from './service';
export { startNode, type NodeChild } from './local/child';
export { GATEWAY_NODE_OPTIONS, gatewayEnvironment, serviceEnvironment } from './local/environment';
export { startLocalGraph, type LocalGraph, type LocalGraphOptions } from './local/graph';
export * from './local/programme';
export * from './local/story-programme';
// What operators' commands use too; it is in the image, this package is not.
export * from '@atrium/platform/operator';
