import { createClient } from '@atrium/client';
import { claim, firstOffer, memberHome } from './screens';

const { ATRIUM_URL: url = 'http://127.0.0.1:4000/graphql', ATRIUM_TOKEN: token } = process.env;
const write = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  if (token === undefined) {
    write('ATRIUM_TOKEN=$(npm run --silent token -- --member ID) npm run example:client');
    process.exitCode = 2;
    return;
  }
  const client = createClient({ url, token: () => token, language: 'en' });
  for (const line of await memberHome(client)) write(line);
  const offer = await firstOffer(client);
  write(offer === null ? 'No coupon to claim.' : await claim(client, offer));
}

main().catch((error: unknown) => {
  write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
