import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { parse } from 'graphql';
import { hashOf, manifestOf, operationOf, textOf } from './persisted';

describe('a manifest', () => {
  const one = parse('query One   { me { id } }');
  const two = parse('mutation Two { a }');

  it('names each operation by the sha256 of its printed text, whatever its layout was', async () => {
    const { operations } = await manifestOf([
      two,
      one,
      parse('query One { me { id }\n}'),
      parse('fragment F on X { id }'),
    ]);
    expect(operations.map(({ name, type, body }) => [name, type, body])).toEqual([
      ['One', 'query', 'query One {\n  me {\n    id\n  }\n}'],
      ['Two', 'mutation', 'mutation Two {\n  a\n}'],
    ]);
    for (const { id, body } of operations) expect(id).toBe(createHash('sha256').update(body).digest('hex'));
    expect(await hashOf(one)).toBe(operations[0]?.id);
    expect(execFileSync('sha256sum', { input: textOf(one) }).toString()).toContain(await hashOf(one));
  });

  it('takes documents of one named operation only', () => {
    expect(() => operationOf(parse('{ me { id } }'))).toThrow('needs a name');
    expect(() => operationOf(parse('query A { a } query B { b }'))).toThrow('one operation');
  });
});
