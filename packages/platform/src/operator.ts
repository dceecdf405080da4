/** For those who stand outside a graph's processes (operators' commands, local runs, tests): callers, clients, and when a graph is settled. */
export * from './operator/claims';
export * from './operator/graphql-client';
export {
  LOCAL_AUDIENCE,
  LOCAL_ISSUER,
  jwksFile,
  loadOrCreateKeys,
  type LocalKeys,
  readKeys,
  signCallerToken,
  writeKeys,
} from './operator/keys';
export * from './operator/mutate';
export * from './operator/settled';
export * from './operator/state';
