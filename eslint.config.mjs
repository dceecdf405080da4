// Rules that carry the architecture (ARCHITECTURE.md "Who may import whom"); style is Prettier's business.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Inside a service: what each folder must not import, as patterns of relative paths. */
const inward = {
  domain: ['api', 'consumers', 'jobs', 'use-cases', 'storage', 'events'],
  storage: ['api', 'consumers', 'jobs', 'use-cases', 'events'],
  events: ['api', 'consumers', 'jobs', 'use-cases', 'storage'],
  'use-cases': ['api', 'consumers', 'jobs'],
  api: ['consumers', 'jobs', 'storage', 'events'],
  consumers: ['api', 'jobs', 'storage', 'events'],
  jobs: ['api', 'consumers', 'storage', 'events'],
};
/** However deep the importing file lies in its folder; the other folder may be one of another feature. */
const above = (names, end) => `^(\\.\\./)+([a-z-]+/)?(${names.join('|')})${end}`;

const forbid = (folders, extra = []) => [
  'error',
  {
    patterns: [
      {
        regex: above(folders, '(/|$)'),
        message: 'This folder must not import that one: see ARCHITECTURE.md, "Who may import whom".',
      },
      {
        regex: above(['main', 'worker', 'app', 'feature', 'migrate', 'config'], '$'),
        message: 'Only main.ts, worker.ts, app.ts and feature.ts see everything.',
        allowTypeImports: true,
      },
      ...extra,
    ],
  },
];

const pureDomain = [
  {
    regex: '^(?!\\.|@atrium/kernel$)',
    message: 'domain/ imports @atrium/kernel only: no framework, no Node.js module.',
  },
];

/** What runs in production; its specs are left out where it is used. */
const production = [
  'services/*/src/**/*.ts',
  'gateway/src/**/*.ts',
  'packages/{client,kernel,contracts,platform}/src/**/*.ts',
];

const SERVICES = ['member', 'points', 'coupon', 'tier', 'merchant-settlement', 'messaging', 'gateway'];
/** By path the boundaries catch it; a package without an entry point they do not know by its name. */
const noService = {
  regex: `^@atrium/(${SERVICES.join('|')})(/|$)`,
  message: 'Nobody imports a service: what it knows comes by federation, by event or by request.',
};

const amounts = '/(points|amount|minor|balance|growth|debt)$/i';

export default tseslint.config(
  {
    ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.atrium/**', 'packages/*/src/generated/**', '**/*.cjs'],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-object-type': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    plugins: { '@nx': nx },
    files: [
      'packages/*/src/**/*.ts',
      'services/*/src/**/*.ts',
      'services/*/test/**/*.ts',
      'gateway/**/*.ts',
      'tests/**/*.ts',
      'scripts/**/*.ts',
    ],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [] },
            // What frontend teams build in: nothing of the servers.
            { sourceTag: 'type:client', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts'] },
            { sourceTag: 'type:testkit', onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:platform'] },
            // testkit is for a service's specs; production code is kept from it below.
            {
              sourceTag: 'type:service',
              onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:platform', 'type:testkit'],
            },
            {
              sourceTag: 'type:gateway',
              onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:platform', 'type:testkit'],
            },
            // Tests and scripts reach services over the wire only.
            {
              sourceTag: 'type:tests',
              onlyDependOnLibsWithTags: [
                'type:kernel',
                'type:contracts',
                'type:platform',
                'type:testkit',
                'type:client',
                'type:scripts',
              ],
            },
            {
              sourceTag: 'type:scripts',
              onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:platform', 'type:testkit'],
            },
          ],
        },
      ],
    },
  },
  { files: ['**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [noService] }] } },
  {
    files: production,
    ignores: [
      '**/*.spec.ts',
      '{services/*,gateway}/src/config.ts',
      'packages/platform/src/{runtime/config,operator/state}.ts',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
    },
  },
  {
    files: production,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [noService],
          paths: [
            { name: '@atrium/testkit', message: 'testkit is for specs only.' },
            { name: 'node:process', message: 'Only config.ts reads the environment.' },
            { name: 'process', message: 'Only config.ts reads the environment.' },
          ],
        },
      ],
    },
  },
  ...Object.entries(inward).map(([folder, folders]) => ({
    files: [`services/*/src/${folder}/**/*.ts`, `services/*/src/*/${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': forbid(folders, folder === 'domain' ? pureDomain : []) },
  })),
  {
    files: ['services/*/src/domain/**/*.ts', 'services/*/src/*/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Promise'],
        ...['process', 'globalThis', 'performance', 'crypto', 'parseFloat'],
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'BinaryExpression[operator="/"]', message: 'Divisions name their rounding: use @atrium/kernel.' },
        {
          selector: 'AssignmentExpression[operator="/="]',
          message: 'Divisions name their rounding: use @atrium/kernel.',
        },
        {
          selector: 'CallExpression[callee.property.name="parseFloat"]',
          message: 'No binary floats near points and money.',
        },
        {
          selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
          message: 'domain/ has no chance in it.',
        },
        {
          selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
          message: 'Time is a parameter.',
        },
        { selector: 'CallExpression[callee.name="Date"]', message: 'Time is a parameter.' },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is a parameter.' },
        { selector: ':function[async=true]', message: 'domain/ is synchronous.' },
        { selector: 'AwaitExpression', message: 'domain/ is synchronous.' },
        { selector: 'ImportExpression', message: 'domain/ is synchronous.' },
        { selector: 'Decorator', message: 'domain/ has no decorators.' },
        {
          selector: `:matches(TSPropertySignature, PropertyDefinition)[key.name=${amounts}] TSNumberKeyword`,
          message: 'Amounts are bigint.',
        },
        { selector: `Identifier[name=${amounts}] > TSTypeAnnotation TSNumberKeyword`, message: 'Amounts are bigint.' },
      ],
    },
  },
  {
    files: ['scripts/**/*.{ts,mjs}', 'tests/**/*.ts', '**/migrate.ts', '**/emit-schema.ts'],
    rules: { 'no-console': 'off' },
  },
);
