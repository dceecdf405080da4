// A subgraph that does what it is asked for: never answers, sends 100 MB, half an answer, or something that is no answer. Says its
// address as one line of JSON.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MOODS } from './moods';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let left = 100;
  const more = () => {
    while (left-- > 0 && !response.destroyed) if (!response.write(MEGABYTE)) return;
    response.end();
  };
  response.on('drain', more);
  more();
}

const ANSWERS: Readonly<Record<(typeof MOODS)[number], (response: ServerResponse) => void>> = {
  hang: () => undefined,
  flood,
  half: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"data":{"half":', () => response.destroy());
  },
  garbage: (response) => response.end('<html>not here</html>'),
};

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const mood = MOODS.find((one) => text.includes(one));
    if (mood === undefined) response.writeHead(404).end();
    else ANSWERS[mood](response);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ moody: `http://127.0.0.1:${port}/graphql` })}\n`);
});
