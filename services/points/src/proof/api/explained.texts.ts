// What an entry did, after the steps that led to it.
import type { Locale } from '@atrium/platform';
import type { ExplainedView } from '../use-cases/explained.query';

type Words = Readonly<Record<Locale, string>>;

const GIVEN: Words = { en: '{points} points were credited, {until}.', 'zh-CN': '入账 {points} 积分，{until}。' };
const TAKEN: Words = {
  en: '{points} points were taken from a credit, {until}.',
  'zh-CN': '从一笔积分中扣减 {points} 积分，{until}。',
};
const UNTIL: Words = { en: 'valid until {at}', 'zh-CN': '有效期至 {at}' };
const FOREVER: Words = { en: 'without an end', 'zh-CN': '不过期' };
const OWED: Words = { en: 'What is owed rose by {points} points.', 'zh-CN': '欠分增加 {points}。' };
const REPAID: Words = { en: 'What is owed fell by {points} points.', 'zh-CN': '欠分减少 {points}。' };
const AFTER: Words = { en: 'Afterwards {points} points could be spent.', 'zh-CN': '此后可用积分为 {points}。' };

export function effectTexts({ lots, debtDelta, availableAfter }: ExplainedView, locale: Locale): string[] {
  const size = (value: bigint) => (value < 0n ? -value : value).toString();
  const fill = (words: Words, points: string, until = '') =>
    words[locale].replace('{points}', points).replace('{until}', until);
  const untilOf = (at: Date | null) =>
    at === null ? FOREVER[locale] : UNTIL[locale].replace('{at}', at.toISOString());
  return [
    ...lots.map(({ amount, expiresAt }) => fill(amount < 0n ? TAKEN : GIVEN, size(amount), untilOf(expiresAt))),
    ...(debtDelta === 0n ? [] : [fill(debtDelta > 0n ? OWED : REPAID, size(debtDelta))]),
    fill(AFTER, availableAfter.toString()),
  ];
}
