import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { type Resource, ROOT } from './helm';

export const K8S = join(ROOT, 'k8s');
export const text = (path: string): string => readFileSync(join(K8S, path), 'utf8');
export const yaml = <T>(path: string): T => parse(text(path)) as T;

export const yamlFiles = readdirSync(K8S, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .sort();

/** All documents of a file; anything but clean YAML is thrown. */
export function documents(path: string): Resource[] {
  return parseAllDocuments(text(path), { uniqueKeys: true }).map((document) => {
    if (document.errors[0]) throw new Error(`k8s/${path}: ${document.errors[0].message}`);
    return document.toJSON() as Resource;
  });
}

/** Files that are applied, and not values, lists of our own, or for a program like kind. */
export const MANIFESTS = yamlFiles.filter((path) =>
  documents(path).every((one) => one?.apiVersion && one.kind && one.metadata),
);

export interface Site {
  site: string;
  namespace: string;
  stage: string;
  profile: string;
  more: string[];
  server: string;
}

export interface ApplicationSet {
  generators: [{ list: { elements: Site[] } }];
  strategy: { rollingSync: { steps: { matchExpressions: { key: string; values: string[] }[] }[] } };
  template: { spec: { source: { helm: { parameters: { name: string; value: string }[] } } } };
  templatePatch: string;
}

export const applicationSet = documents('argocd/applicationset.yaml')[0]?.spec as ApplicationSet;
export const SITES = applicationSet.generators[0].list.elements;

/** As the template of the ApplicationSet lists them, from the folder of the chart. */
export const valueFiles = ({ site, profile, more }: Site): string[] => [
  `values-${profile}.yaml`,
  `../../k8s/sites/${site}.yaml`,
  ...more.map((path) => `../../k8s/${path}`),
];

export interface Peer {
  namespaceSelector?: { matchLabels?: Record<string, string> };
  podSelector?: {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: 'In' | 'Exists'; values?: string[] }[];
  };
}

/** Whether a pod with these labels is one of these peers, in a namespace with those labels. */
export function isPeer(peers: Peer[], pod: Record<string, string>, namespace: Record<string, string>): boolean {
  const has = (labels: Record<string, string>, wanted: Record<string, string> = {}) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value);
  return peers.some(
    ({ namespaceSelector, podSelector }) =>
      namespaceSelector !== undefined &&
      has(namespace, namespaceSelector.matchLabels) &&
      has(pod, podSelector?.matchLabels) &&
      (podSelector?.matchExpressions ?? []).every(({ key, operator, values }) =>
        operator === 'Exists' ? key in pod : values?.includes(pod[key] ?? ''),
      ),
  );
}
