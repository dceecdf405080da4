module.exports = () => require('./src/jest/global-setup.ts').stopAfterTests();
