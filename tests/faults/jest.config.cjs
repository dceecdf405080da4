// Whole graphs are started, and a month of sales imported, several times in one test.
module.exports = { ...require('../../jest.preset.cjs')(__dirname), testTimeout: 1_800_000 };
