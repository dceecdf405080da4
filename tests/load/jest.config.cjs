// The rules stand beside what k6 runs.
module.exports = { ...require('../../jest.preset.cjs')(__dirname), testMatch: ['<rootDir>/k6/**/*.spec.ts'] };
