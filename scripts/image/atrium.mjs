#!/usr/bin/env node
// The one image's command: says which of its programs this container is. See docs/how-to/image.md.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const services = readdirSync(join(root, 'services')).sort();
const programs = readdirSync(join(root, 'scripts', 'dist'))
  .filter((name) => name.endsWith('.js') && name !== 'command.js' && name !== 'local-client.js')
  .map((name) => name.slice(0, -3))
  .sort();
const ROLES = { api: 'main', worker: 'worker', all: 'main', migrate: 'migrate' };

const fail = (text) => {
  process.stderr.write(
    `${text}\nCommands: gateway · <service> ${Object.keys(ROLES).join('|')} · ${programs.join(' · ')}\nServices: ${services.join(', ')}\n`,
  );
  process.exit(64);
};

const [command, ...args] = process.argv.slice(2);

function chosen() {
  if (command === undefined) fail('Say what this container is to run.');
  if (command === 'gateway') return [join(root, 'gateway', 'dist', 'main.js'), args];
  if (services.includes(command)) {
    const [role, ...rest] = args;
    if (!Object.hasOwn(ROLES, role ?? '')) fail(`${command}: the role ${role ?? ''} is none of its roles.`);
    // Said here, so that a value that is left in the environment cannot give an api a worker.
    if (role !== 'migrate') process.env.EMBED_WORKER = String(role === 'all');
    return [join(root, 'services', command, 'dist', `${ROLES[role]}.js`), rest];
  }
  if (programs.includes(command)) return [join(root, 'scripts', 'dist', `${command}.js`), args];
  return fail(`There is no command ${command}.`);
}

const [file, rest] = chosen();
if (!existsSync(file)) fail(`${file} is not in this image.`);
process.argv.splice(1, process.argv.length - 1, file, ...rest);
await import(pathToFileURL(file).href);
