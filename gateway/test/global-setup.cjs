// Processes that specs start, the planner's among them, run what is built.
module.exports = async (globalConfig) => {
  const { build } = await import('../../scripts/build.mjs');
  await build(['packages/kernel', 'packages/contracts', 'packages/platform', 'gateway']);
  await require('../../packages/testkit/src/jest/global-setup.ts').startForTests(globalConfig);
};
