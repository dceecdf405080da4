// What GraphiQL's page loads: files that are built already, which nobody requires, and whose code is other packages' too.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = {
  graphiql: ['graphiql.min.js', 'graphiql.min.css'],
  react: ['umd/react.production.min.js'],
  'react-dom': ['umd/react-dom.production.min.js'],
};
/** Where there is no map that says so. */
const BUNDLED = { react: ['scheduler'] };

/**
 * @param {string} root of the repository
 * @returns {{folder: string, manifest: object, files: string[], bundled: {name: string, license?: string}[]}[]}
 */
export function browserPackages(root) {
  return Object.entries(PAGE).map(([name, built]) => {
    const folder = join('node_modules', name);
    const maps = built.map((file) => join(root, folder, `${file}.map`)).filter((file) => existsSync(file));
    const bundled = new Set([...(BUNDLED[name] ?? []), ...maps.flatMap(sourcesOf)]);
    for (const other of Object.keys(PAGE)) bundled.delete(other);
    return {
      folder,
      manifest: manifestOf(root, name),
      files: ['package.json', ...built],
      bundled: [...bundled].sort().map((one) => ({ name: one, license: manifestOf(root, one)?.license })),
    };
  });
}

/** Packages by the names of their sources: `node_modules/zustand/esm/…`, and `../../graphiql-react/dist/…` of the makers' own repository. */
function sourcesOf(map) {
  const { sources } = JSON.parse(readFileSync(map, 'utf8'));
  const names = sources.map((source) => {
    const installed = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1];
    return installed ?? /^\.\.\/\.\.\/([^/]+)\//.exec(source)?.[1]?.replace(/^graphiql-/, '@graphiql/');
  });
  return names.filter((name) => name !== undefined);
}

function manifestOf(root, name) {
  const file = join(root, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
