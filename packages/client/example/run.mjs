// npm run example:client: builds the client and this example, and runs it against the graph that `npm start` has started.
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../../scripts/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
await build(['packages/client', 'packages/client/example']);
await import(join(here, 'dist', 'main.js'));
