import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as ts from 'typescript';

const root = join(__dirname, '../../..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface Package {
  version?: string;
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const services = readdirSync(join(root, 'services'));
const sources = [...services.map((name) => `services/${name}/src`), 'gateway/src', 'scripts/src'].concat(
  ['client', 'kernel', 'contracts', 'platform', 'testkit'].map((name) => `packages/${name}/src`),
);

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The files of the same project that a file loads when it runs; what is imported as a type only is gone by then. */
function importsOf(file: string): string[] {
  return ts
    .createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022)
    .statements.filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .filter((statement) => !isOfTypes(statement))
    .map(({ moduleSpecifier: from }) => (from && ts.isStringLiteral(from) ? from.text : ''))
    .filter((path) => path.startsWith('.'))
    .map((path) => resolve(dirname(file), path))
    .flatMap((path) => [`${path}.ts`, join(path, 'index.ts')].filter((candidate) => existsSync(candidate)));
}

function isOfTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** A first cycle of imports, as a list of files that begins and ends with the same one; null when there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (done.has(file)) return null;
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return null;
}

describe('sources', () => {
  it('of a service have no barrel', () => {
    const barrels = services.flatMap((name) => filesIn(join(root, 'services', name, 'src')));
    expect(barrels.filter((file) => /\/index\.ts$/.test(file)).map((file) => relative(root, file))).toEqual([]);
  });

  it.each(sources)('in %s import each other without a cycle', (folder) => {
    const graph = new Map(filesIn(join(root, folder)).map((file) => [file, importsOf(file)]));
    expect(cycleIn(graph)?.map((file) => relative(join(root, folder), file)) ?? null).toBeNull();
  });

  it('with a cycle would be found', () => {
    expect(
      cycleIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['d']],
          ['c', ['b']],
          ['d', []],
        ]),
      ),
    ).toBeNull();
    expect(
      cycleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['d', 'b']],
          ['d', []],
        ]),
      ),
    ).toEqual(['b', 'c', 'b']);
    expect(cycleIn(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
  });
});

describe('dependencies', () => {
  const lock = read<{ packages: Record<string, Package> }>('package-lock.json').packages;
  const named = (name: string) => Object.entries(lock).filter(([path]) => path.endsWith(`node_modules/${name}`));

  it('are pinned to one version', () => {
    const { dependencies, devDependencies } = read<Record<string, Record<string, string>>>('package.json');
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('are locked without the address of any registry', () => {
    const addressed = Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined && !entry.link);
    expect(addressed.map(([path]) => path)).toEqual([]);
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "[a-z+]+:/);
  });

  it('for other platforms are all locked, or a clean install fails there', () => {
    const missing = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => named(name).length === 0)
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });

  // Below these, known holes are open; type-graphql 1 drags an old complexity library in.
  it.each([
    ['@apollo/gateway', '2.13.2'],
    ['@apollo/query-planner', '2.13.2'],
    ['@apollo/federation-internals', '2.13.2'],
    ['@apollo/server', '5.4.0'],
    ['typeorm', '0.3.26'],
    ['protobufjs', '8.0.2'],
    ['type-graphql', '2.0.0'],
  ])('%s is at least %s', (name, least) => {
    const versions = named(name).map(([, { version = '0.0.0' }]) => version);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect({ version, old: isBelow(version, least) }).toEqual({ version, old: false });
  });

  it('compare as versions do', () => {
    expect(isBelow('2.9.0', '2.13.2')).toBe(true);
    expect(isBelow('2.13.2', '2.13.2')).toBe(false);
    expect(isBelow('10.0.0', '9.9.9')).toBe(false);
  });
});

/** By the three numbers; a release candidate counts as its release. */
function isBelow(version: string, least: string): boolean {
  const numbers = (text: string) => text.split('-')[0]?.split('.').map(Number) ?? [];
  const [have, want] = [numbers(version), numbers(least)];
  const at = want.findIndex((number, i) => (have[i] ?? 0) !== number);
  return at >= 0 && (have[at] ?? 0) < (want[at] ?? 0);
}
