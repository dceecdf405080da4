import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMNS, type Read, readTickets } from './tickets';

const folder = mkdtempSync(join(tmpdir(), 'atrium-tickets-'));

async function read(...rows: string[]): Promise<Read[]> {
  const file = join(folder, `${rows.length}-${Math.abs(rows.join('').length)}.csv`);
  writeFileSync(file, [COLUMNS.join(','), ...rows, ''].join('\n'));
  const all: Read[] = [];
  for await (const one of readTickets(file, 'America/New_York', 'CNY')) all.push(one);
  return all;
}

describe('readTickets', () => {
  it('joins the rows of a ticket and reads local time in the zone', async () => {
    const [first, second, ...rest] = await read(
      '1,2017-03-01 00:04:05,321,936,1,5568509,DRUG GM,1,0.60,0.26,0.34',
      '1,2017-03-01 00:04:05,321,936,2,77,"FRUIT, FRESH",1.250,2.00,0.00,2.00',
      '2,2017-03-01 00:05:30,424,,1,9,FUEL,32175,0.00,0.00,0.00',
    );
    expect(rest).toEqual([]);
    expect(first).toEqual({
      ticket: {
        fileLine: 2,
        ticketNo: '1',
        occurredAt: '2017-03-01T05:04:05.000Z',
        storeCode: '321',
        cardNo: '936',
        lines: [
          { lineNo: 1, sku: '5568509', category: 'DRUG GM', quantity: '1', gross: '0.60', discount: '0.26' },
          { lineNo: 2, sku: '77', category: 'FRUIT, FRESH', quantity: '1.250', gross: '2.00', discount: '0.00' },
        ],
        paidMinor: 234n,
      },
    });
    expect(second).toMatchObject({ ticket: { ticketNo: '2', cardNo: null, paidMinor: 0n } });
  });

  it.each([
    [
      'a wrong sum',
      '1,2017-03-01 00:04:05,321,936,1,5,A,1,0.60,0.26,0.35',
      'paid_amount is not gross_amount less discount_amount',
    ],
    ['no number', '1,2017-03-01 00:04:05,321,936,1,5,A,1,abc,0.26,0.34', 'gross_amount is no amount: abc'],
    ['a third digit', '1,2017-03-01 00:04:05,321,936,1,5,A,1,0.601,0.00,0.601', 'gross_amount is no amount: 0.601'],
    [
      'a time that is none',
      '1,2017-02-30 00:04:05,321,936,1,5,A,1,0.60,0.26,0.34',
      'occurred_at is no local time: 2017-02-30 00:04:05',
    ],
    [
      'a line number that is none',
      '1,2017-03-01 00:04:05,321,936,x,5,A,1,0.60,0.26,0.34',
      'line_no is no whole number: x',
    ],
    [
      'a quantity that is none',
      '1,2017-03-01 00:04:05,321,936,1,5,A,many,0.60,0.26,0.34',
      'quantity is no number: many',
    ],
    ['too few columns', '1,2017-03-01 00:04:05,321', 'the row has too few columns'],
    ['an empty number', ',2017-03-01 00:04:05,321,936,1,5,A,1,0.60,0.26,0.34', 'ticket_no is empty'],
  ])('sets aside %s, with its line, and goes on', async (_, row, reason) => {
    const good = '9,2017-03-01 00:04:05,321,936,1,5,A,1,0.60,0.26,0.34';
    const [bad, next] = await read(row, good);
    expect(bad).toMatchObject({ bad: { fileLine: 2, reason } });
    expect(next).toMatchObject({ ticket: { ticketNo: '9' } });
  });

  it('sets a ticket aside as a whole when one row is bad', async () => {
    const [bad, ...rest] = await read(
      '1,2017-03-01 00:04:05,321,936,1,5,A,1,0.60,0.26,0.34',
      '1,2017-03-01 00:04:05,999,936,2,5,A,1,0.60,0.26,0.34',
    );
    expect(bad).toEqual({
      bad: { fileLine: 3, ticketNo: '1', reason: 'time, store or card differ from the first row of the ticket' },
    });
    expect(rest).toEqual([]);
  });

  it('says which columns a file lacks', async () => {
    const file = join(folder, 'other.csv');
    writeFileSync(file, 'a,b\n1,2\n');
    await expect(async () => {
      for await (const one of readTickets(file, 'UTC', 'CNY')) expect(one).toBeDefined();
    }).rejects.toThrow('lacks the columns ticket_no');
  });
});
