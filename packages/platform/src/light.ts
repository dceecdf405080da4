/** What a process without a database, events and an own schema needs: identity, configuration, its running, traces. The rest costs 30 MB. */
export * from './auth/caller';
export * from './auth/caller-token';
export * from './auth/errors';
export * from './auth/subgraph-token';
export * from './events/broker-status';
export { HEADERS } from './events/envelope';
export * from './runtime/config';
export * from './runtime/health';
export * from './runtime/listen';
export * from './runtime/log';
export * from './runtime/process';
export * from './runtime/stopping';
export * from './telemetry/tracing';
