import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { createGraphiql } from './graphiql';
import { measure } from './limits';

const contract = buildSchema(readFileSync(join(__dirname, '../../contract.graphql'), 'utf8'));

function tabs(page: ReturnType<ReturnType<typeof createGraphiql>>): { query: string; [key: string]: unknown }[] {
  const json = /<script id="tabs" type="application\/json">(.*?)<\/script>/s.exec(page?.body.toString() ?? '')?.[1];
  return JSON.parse(json ?? '[]');
}

describe('GraphiQL', () => {
  it.each(tabs(createGraphiql(undefined)('/')).map((tab) => [tab['identity'], tab.query]))(
    'has a tab for the %s that the contract and the limits allow',
    (_, query) => {
      expect(validate(contract, parse(String(query), { maxTokens: 2000 }))).toEqual([]);
      const { depth, aliases } = measure(parse(String(query)));
      expect([depth <= 12, aliases <= 30]).toEqual([true, true]);
    },
  );

  it('takes tokens and variables of a local graph, and lets none of them out of the script element', () => {
    const file = join(tmpdir(), `examples-${process.pid}.json`);
    const page = createGraphiql(file);
    expect(tabs(page('/'))[1]).not.toHaveProperty('token');
    writeFileSync(file, JSON.stringify({ till: { token: 'a.b.c', variables: { card: '</script><b>' } } }));
    expect(tabs(page('/'))[1]).toMatchObject({ identity: 'till', token: 'a.b.c', variables: { card: '</script><b>' } });
    expect(page('/')?.body.toString()).not.toContain('</script><b>');
  });

  it('serves nothing but its own files', () => {
    const page = createGraphiql(undefined);
    expect(page('/graphiql/graphiql.js')?.headers['content-type']).toContain('javascript');
    for (const path of ['/graphiql/', '/graphiql/../package.json', '/package.json', '/graphiql/page.html']) {
      expect(page(path)).toBeUndefined();
    }
  });
});
