// A release on Kubernetes, the graph of `npm start`, or any address with the key that its callers' tokens are signed with.
import { DEFAULT_DIR, LOCAL_AUDIENCE, LOCAL_ISSUER, readKeys, readState } from '@atrium/platform/operator';
import { checkLedger } from '../check/all';
import { databaseUrls, openDatabases } from '../check/databases';
import { compareWithDatabases, readAcknowledged } from './acknowledged';
import { drainConsumers } from './drain';
import { openRelease } from './kube';
import type { LoadOptions } from './options';
import { type Books, readKeyFile, signer, type Target } from './target';
import { localParts } from './watch';

async function booksFromHere(acknowledged: string): Promise<Books> {
  const db = openDatabases(databaseUrls());
  try {
    const kept = await compareWithDatabases(db, await readAcknowledged(acknowledged));
    return { kept, ledger: await checkLedger(db) };
  } finally {
    await db.close();
  }
}

export async function openTarget(options: LoadOptions): Promise<Target> {
  if (options.kube !== undefined) return openRelease(options.kube, options);
  const { url, issuer = LOCAL_ISSUER, audience = LOCAL_AUDIENCE, nats } = options;
  const close = () => Promise.resolve();
  const known = process.env['CHECK_DATABASE_URLS'] !== undefined;
  const keyFile = options['signing-key'];
  if (url === undefined || keyFile === undefined) {
    const state = readState();
    return {
      url: state.gatewayUrl,
      sign: signer(readKeys(DEFAULT_DIR).issuer, { issuer, audience }),
      look: localParts(state),
      drain: (limitMs) =>
        drainConsumers({ nats: nats ?? state.natsUrl, login: state.natsLogin, databases: databaseUrls() }, limitMs),
      books: booksFromHere,
      close,
    };
  }
  return {
    url,
    sign: signer(readKeyFile(keyFile), { issuer, audience }),
    ...(nats === undefined
      ? {}
      : {
          drain: (limitMs: number) => drainConsumers({ nats, databases: known ? databaseUrls() : undefined }, limitMs),
        }),
    ...(known ? { books: booksFromHere } : {}),
    close,
  };
}
