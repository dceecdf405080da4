// One Jest configuration for every project: module.exports = require('<root>/jest.preset.cjs')(__dirname)
const path = require('node:path');
const fs = require('node:fs');

const root = __dirname;
const swc = JSON.parse(fs.readFileSync(path.join(root, '.swcrc'), 'utf8'));
delete swc.$schema;
swc.sourceMaps = 'inline';
// These packages are ES modules; Jest on Node 20 cannot require() them untransformed.
const esm = ['jose', '@bufbuild', '@nats-io', 'csv-parse'];

module.exports = (projectDir) => ({
  rootDir: projectDir,
  displayName: path.relative(root, projectDir),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  transform: { '^.+\\.(t|mj|j)s$': ['@swc/jest', { ...swc, swcrc: false }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
  moduleNameMapper: {
    '^fast-check$': path.join(root, 'jest.properties.cjs'),
    '^@atrium/(client|kernel|contracts|platform|testkit)$': path.join(root, 'packages/$1/src/index.ts'),
    '^@atrium/platform/(light|operator)$': path.join(root, 'packages/platform/src/$1.ts'),
  },
  setupFiles: [require.resolve('reflect-metadata')],
  globalSetup: path.join(root, 'packages/testkit/jest-global-setup.cjs'),
  globalTeardown: path.join(root, 'packages/testkit/jest-global-teardown.cjs'),
  // Says only when to give up on a test that hangs: a slow machine may take ten times what a quick one does.
  testTimeout: 300_000,
});
