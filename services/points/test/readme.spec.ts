import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const service = join(__dirname, '..');
const readme = readFileSync(join(service, 'README.md'), 'utf8');
const rules = readme.split('\n').filter((line) => /^- \[[x ]\] /.test(line));

/** `[name](path/of.spec.ts) "name of the test"`, as often as a rule has them. */
const proofsOf = (rule: string) =>
  [...rule.matchAll(/\]\(([^)]+\.spec\.ts)\)(?: "([^"]+)")?/g)].map(([, path = '', test]) => ({ path, test }));

describe('the list of rules', () => {
  it('is there', () => expect(rules.length).toBeGreaterThan(60));

  it.each(rules)('%s', (rule) => {
    const proofs = proofsOf(rule);
    if (rule.startsWith('- [x]')) expect(proofs.length).toBeGreaterThan(0);
    for (const { path, test } of proofs) {
      const file = join(service, path);
      expect(existsSync(file) ? path : `${path} is missing`).toBe(path);
      expect([path, test, readFileSync(file, 'utf8').includes(test ?? '\0')]).toEqual([path, test, true]);
    }
  });
});
