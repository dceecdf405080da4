// Lints pieces of code as if they lay at the paths named: [{ file, code }] on stdin, the rules they break on stdout.
// A process of its own, because Jest cannot import the configuration's ES modules.
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
process.chdir(root);
process.env.NX_DAEMON = 'false';
// Without a project graph the rule about boundaries would stay silent.
const { createProjectGraphAsync } = await import('nx/src/project-graph/project-graph.js');
await createProjectGraphAsync({ exitOnError: true });

const typed = ['no-floating-promises', 'no-misused-promises', 'await-thenable', 'switch-exhaustiveness-check'];
const eslint = new ESLint({
  cwd: root,
  // These files are not there, so nothing knows their types: rules that need them are left out.
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false } },
    rules: Object.fromEntries(typed.map((rule) => [`@typescript-eslint/${rule}`, 'off'])),
  },
});
const answers = [];
for (const { file, code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  answers.push((result?.messages ?? []).map(({ ruleId, message }) => `${ruleId ?? 'fatal'}: ${message}`));
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
