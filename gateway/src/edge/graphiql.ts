import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kind, parse } from 'graphql';
import { z } from 'zod';

/** Beside src/ and dist/, like the supergraph. */
const OWN = join(__dirname, '..', '..', 'graphiql');

export type Page = { headers: Record<string, string>; body: Buffer };

/** Values for the ready tabs: tokens and variables of a local graph. Written by whoever seeds it, read at each visit. */
const examples = z.partialRecord(
  z.enum(['member', 'till', 'merchant']),
  z.strictObject({ token: z.string().optional(), variables: z.record(z.string(), z.unknown()).optional() }),
);

const TABS = [
  { identity: 'member', file: 'member-home.graphql', variables: {} },
  {
    identity: 'till',
    file: 'till.graphql',
    variables: {
      card: 'the number on the card',
      storeId: 'viewer.store.id of step 1',
      memberId: 'identifyMember.id of step 1',
      lines: [
        { lineNo: 1, sku: 'COAT-1', category: 'fashion', quantity: '1', gross: { amount: '100.00', currency: 'CNY' } },
      ],
      points: '0',
      key: 'reserve-1',
      expectedToPay: { amount: '100.00', currency: 'CNY' },
      externalId: 'sale-1',
      occurredAt: '2026-11-22T04:00:00Z',
      refundId: 'refund-1',
      refundedAt: '2026-11-22T05:00:00Z',
    },
  },
  { identity: 'merchant', file: 'merchant.graphql', variables: { mallId: 'an id that malls { id } gives' } },
] as const;

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** GraphiQL from the installed packages, nothing from elsewhere. Gives the page for a path, or undefined. */
export function createGraphiql(examplesFile: string | undefined): (path: string) => Page | undefined {
  const assets = new Map<string, Page>([
    ['/graphiql/react.js', script(join(packageFolder('react'), 'umd/react.production.min.js'))],
    ['/graphiql/react-dom.js', script(join(packageFolder('react-dom'), 'umd/react-dom.production.min.js'))],
    ['/graphiql/graphiql.js', script(join(packageFolder('graphiql'), 'graphiql.min.js'))],
    ['/graphiql/graphiql.css', asset(join(packageFolder('graphiql'), 'graphiql.min.css'), 'text/css')],
    ['/graphiql/page.css', asset(join(OWN, 'page.css'), 'text/css')],
    ['/graphiql/page.js', script(join(OWN, 'page.js'))],
  ]);
  const template = readFileSync(join(OWN, 'page.html'), 'utf8');
  const queries = TABS.map(({ file }) => readFileSync(join(OWN, file), 'utf8'));

  return (path) => {
    if (path !== '/') return assets.get(path);
    const values = readExamples(examplesFile);
    const tabs = TABS.map(({ identity, variables }, index) => ({
      identity,
      query: queries[index],
      operations: operationNames(queries[index] ?? ''),
      variables: { ...variables, ...values[identity]?.variables },
      token: values[identity]?.token,
    }));
    // A query may hold anything; inside a script element only `<` could end it.
    const json = JSON.stringify(tabs).replaceAll('<', '\\u003c');
    const body = Buffer.from(template.replace('"tabs go here"', () => json));
    return { headers: { ...SECURITY, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body };
  };
}

function readExamples(file: string | undefined): z.infer<typeof examples> {
  return file !== undefined && existsSync(file) ? examples.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

function operationNames(query: string): string[] {
  return parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name !== undefined ? [definition.name.value] : [],
  );
}

function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

function script(file: string): Page {
  return asset(file, 'text/javascript');
}

function asset(file: string, type: string): Page {
  const headers = { ...SECURITY, 'content-type': `${type}; charset=utf-8`, 'cache-control': 'public, max-age=3600' };
  return { headers, body: readFileSync(file) };
}
