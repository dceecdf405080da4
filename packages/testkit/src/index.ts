// For tests and local runs only; production code never imports it.
export { cloneDatabase, type TestDatabase } from './database';
export { controllableClock, type Advance, type ControllableClock } from './clock';
export { inFlight } from './in-flight';
export { eventually, type EventuallyOptions } from './eventually';
export { graphqlClient, type GraphQLClient, type GraphQLReply } from './graphql-client';
export { startPostgres, postgresUrl, type Postgres, type PostgresOptions } from './infra/postgres';
export { provisionDatabase, rolesOf, type ServiceDatabase, type ServiceRoles } from './infra/provision';
export { startNats, startNats as startTestNats, type Nats, type NatsOptions } from './infra/nats';
export { startRedis, type Redis } from './infra/redis';
export { ensureNatsServer, findNatsServer, type EnsureNatsOptions } from './infra/nats-binary';
export { freePort, freePortRow, isPortTaken } from './infra/child';
export { startTestService, TEST_GROUP, type TestService } from './service';
export { startLocalGraph, type LocalGraph, type LocalGraphOptions } from './local/graph';
export { LOCAL_AUDIENCE, LOCAL_ISSUER, readKeys, signCallerToken, type LocalKeys } from './local/keys';
export { DEFAULT_DIR, readState, ROOT, UsageError, type LocalState } from './local/state';
export { backlogReader, untilSettled, type Backlog, type BacklogReader } from './local/settled';
export { mutate, mustMutate, type Outcome, type Refusal } from './local/mutate';
export * from './local/programme';
