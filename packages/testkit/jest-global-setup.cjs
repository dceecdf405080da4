// Jest transforms what is required from here while it runs the hook, so this may point at TypeScript.
module.exports = (globalConfig) => require('./src/jest/global-setup.ts').startForTests(globalConfig);
