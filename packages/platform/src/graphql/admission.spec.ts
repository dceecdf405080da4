import { Admission } from './admission';

const here = () => false;

describe('admission', () => {
  it('lets so many in, and the next in the order they came', async () => {
    const admission = new Admission({ atOnce: 2, waitMs: 60_000 });
    await expect(Promise.all([admission.enter(here), admission.enter(here)])).resolves.toEqual([true, true]);
    const order: string[] = [];
    const third = admission.enter(here).then(() => order.push('third'));
    const fourth = admission.enter(here).then(() => order.push('fourth'));
    admission.leave();
    await third;
    expect(order).toEqual(['third']);
    admission.leave();
    await fourth;
    expect(order).toEqual(['third', 'fourth']);
  });

  it('refuses who has waited too long, and gives the place to one that came later', async () => {
    const admission = new Admission({ atOnce: 1, waitMs: 20 });
    await admission.enter(here);
    await expect(admission.enter(here)).resolves.toBe(false);
    const later = admission.enter(here);
    admission.leave();
    await expect(later).resolves.toBe(true);
  });

  it('passes over those who have gone, and keeps no place for them', async () => {
    const admission = new Admission({ atOnce: 1, waitMs: 60_000 });
    await admission.enter(here);
    const gone = admission.enter(() => true);
    const there = admission.enter(here);
    admission.leave();
    await expect(Promise.all([gone, there])).resolves.toEqual([false, true]);
    admission.leave();
    await expect(admission.enter(here)).resolves.toBe(true);
  });
});
