import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kubectl, lendDefinitions } from './definitions';

const definition = (name: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${name} }\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atrium-crds-'));
  // Of one file, the cluster has the second; what is no definition is nobody's business here.
  writeFileSync(
    join(folder, 'all.yaml'),
    [
      definition('scaledobjects.keda.sh'),
      definition('clusters.cnpg.io'),
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: keda }\n',
    ].join('---\n'),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An API server that has `there`, and tells what it was asked to do. */
function cluster(there: string[], refuses = ''): { kubectl: Kubectl; asked: string[] } {
  const asked: string[] = [];
  const kubectl: Kubectl = async (args, input) => {
    const { kind, metadata } = JSON.parse(input ?? '{"metadata":{}}') as { kind?: string; metadata: { name?: string } };
    asked.push([args[0], ...(kind === undefined ? args.slice(-1) : [kind, metadata.name])].join(' '));
    if (args[0] !== 'create') return { ok: true, text: '' };
    if (metadata.name === refuses) return { ok: false, text: 'Error from server (Invalid): no such version' };
    const known = there.includes(metadata.name ?? '');
    return { ok: !known, text: known ? 'Error from server (AlreadyExists)' : '' };
  };
  return { kubectl, asked };
}

it('takes away what it has made, and nothing that was there', async () => {
  const { kubectl, asked } = cluster(['clusters.cnpg.io']);
  const lent = await lendDefinitions(folder, kubectl);
  expect(lent.names).toEqual(['scaledobjects.keda.sh']);
  await lent.takeBack();
  expect(asked).toEqual([
    'create CustomResourceDefinition scaledobjects.keda.sh',
    'create CustomResourceDefinition clusters.cnpg.io',
    'wait scaledobjects.keda.sh',
    'delete scaledobjects.keda.sh',
  ]);
});

it('takes away nothing when everything was there', async () => {
  const { kubectl, asked } = cluster(['clusters.cnpg.io', 'scaledobjects.keda.sh']);
  await (await lendDefinitions(folder, kubectl)).takeBack();
  expect(asked.filter((line) => !line.startsWith('create'))).toEqual([]);
});

it('takes away what it has made until something was refused', async () => {
  const { kubectl, asked } = cluster([], 'clusters.cnpg.io');
  await expect(lendDefinitions(folder, kubectl)).rejects.toThrow('all.yaml: Error from server (Invalid)');
  expect(asked.at(-1)).toBe('delete scaledobjects.keda.sh');
});
