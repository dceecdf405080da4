// What specs get as `fast-check`: the same cases each time, so that a run says something about the change and not about its luck.
// Others: ATRIUM_SEED=<number> npx jest …
const path = require('node:path');

const folder = path.dirname(require.resolve('fast-check/package.json'));
const properties = require(path.join(folder, 'lib/cjs/fast-check.js'));
properties.configureGlobal({ seed: Number(process.env['ATRIUM_SEED'] ?? 20_260_310) });
module.exports = properties;
