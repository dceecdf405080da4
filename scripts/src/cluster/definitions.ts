// Definitions of operators' kinds, lent to a cluster for as long as something is tried on it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@atrium/platform/operator';
import { parsed } from './manifests';
import { run } from './proof/command';

export interface Lent {
  /** Names that the cluster did not have. */
  readonly names: readonly string[];
  /** Takes those away again, and no other. */
  takeBack(): Promise<void>;
}

/** The cluster, by kubectl. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<{ ok: boolean; text: string }>;
const kubectlHere: Kubectl = (args, input) => run('kubectl', args, input === undefined ? {} : { input });

/**
 * Adds each definition of a folder's files that the cluster does not have; one that is there stays as it is, and nothing but definitions
 * is read. The API server itself says which is new: what it has made here is all that is taken away.
 */
export async function lendDefinitions(folder: string, kubectl: Kubectl = kubectlHere): Promise<Lent> {
  const names: string[] = [];
  const takeBack = async () => {
    if (names.length === 0) return;
    const gone = await kubectl(['delete', 'crd', '--ignore-not-found', ...names]);
    if (!gone.ok) throw new UsageError(`Definitions that were lent are still there: ${names.join(' ')}\n${gone.text}`);
  };
  try {
    for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)))
      for (const one of parsed(readFileSync(join(folder, file), 'utf8'))) {
        if (one.kind !== 'CustomResourceDefinition') continue;
        const made = await kubectl(['create', '-f', '-'], JSON.stringify(one));
        if (made.ok) names.push(one.metadata.name);
        else if (!made.text.includes('AlreadyExists')) throw new UsageError(`${file}: ${made.text.trim()}`);
      }
    if (names.length > 0) {
      const ready = await kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', ...names]);
      if (!ready.ok) throw new UsageError(ready.text.trim());
    }
    return { names, takeBack };
  } catch (error) {
    await takeBack();
    throw error;
  }
}
