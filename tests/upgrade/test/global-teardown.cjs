const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.ATRIUM_PREVIOUS_ROOT, { recursive: true, force: true });
