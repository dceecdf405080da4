import { DateTimeScalar, type Locale, make, MoneyType, PointsAmountScalar, toMoneyType } from '@atrium/platform';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { LiabilityGrouping as Grouping, LiabilityLine, LiabilityView } from '../use-cases/liability.query';
import { liabilityLabel } from './liability.texts';

export enum PointsLiabilityGrouping {
  FUNDER = 'FUNDER',
  AGE = 'AGE',
  EXPIRY = 'EXPIRY',
}
registerEnumType(PointsLiabilityGrouping, {
  name: 'PointsLiabilityGrouping',
  description: 'By who carries the points, by months since earning, or by the month in which they will expire.',
});

@ObjectType({ description: 'Points that are outstanding: credited, and neither spent nor expired nor taken back.' })
export class PointsLiabilityRow {
  @Field(() => String, {
    description: "The funder's id, months since earning (`3-5`), or the month of expiry (`2027-12-01`, `infinity`).",
  })
  key: string;

  @Field(() => String, { description: "The same in the caller's language." })
  label: string;

  @Field(() => PointsAmountScalar, { description: 'pending + available + held.' })
  points: bigint;

  @Field(() => PointsAmountScalar, { description: 'Credited, but not spendable yet.' })
  pending: bigint;

  @Field(() => PointsAmountScalar, { description: 'Could be spent.' })
  available: bigint;

  @Field(() => PointsAmountScalar, { description: 'Set aside for open checkouts.' })
  held: bigint;

  @Field(() => MoneyType, {
    nullable: true,
    description: "By the programme's conversion at that instant; rows add up to the total. Null without a conversion.",
  })
  value: MoneyType | null;
}

@ObjectType({ description: 'That the lots, the accounts and the entries of the ledger say the same at that instant.' })
export class PointsLiabilityCheck {
  @Field(() => PointsAmountScalar, { description: 'What is unspent of all lots.' })
  lots: bigint;

  @Field(() => PointsAmountScalar, { description: 'Sum of the balances.' })
  accounts: bigint;

  @Field(() => PointsAmountScalar, { description: 'Sum of all entries.' })
  entries: bigint;

  @Field(() => PointsAmountScalar, { description: 'Part of it that is past its time and about to be written off.' })
  lapsed: bigint;

  @Field(() => PointsAmountScalar, { description: 'Members that were visited.' })
  members: bigint;

  @Field(() => PointsAmountScalar, { description: 'Members for whom the three do not agree: has to be 0.' })
  differing: bigint;
}

@ObjectType({ description: 'What is outstanding of a mall group, or of what was earned in one mall.' })
export class PointsLiability {
  @Field(() => DateTimeScalar, { description: 'The instant whose figures these are.' })
  asOf: Date;

  @Field(() => DateTimeScalar, { description: 'When they had been added up.' })
  finishedAt: Date;

  @Field(() => [PointsLiabilityRow], { description: 'By funder, age or expiry; they add up to the total.' })
  rows: PointsLiabilityRow[];

  @Field(() => PointsLiabilityRow, { description: 'All of it.' })
  total: PointsLiabilityRow;

  @Field(() => PointsLiabilityCheck, {
    nullable: true,
    description: "The ledger's own figures: total + lapsed = lots = accounts = entries. Null for a single mall.",
  })
  ledger: PointsLiabilityCheck | null;
}

export function toLiability(
  view: LiabilityView,
  ask: { groupBy: Grouping; mallId: string | null; groupId: string },
  locale: Locale,
): PointsLiability {
  const { snapshot, currency, total } = view;
  const row = (line: LiabilityLine, label: string): PointsLiabilityRow =>
    make(PointsLiabilityRow, {
      key: line.key,
      label,
      points: line.points,
      pending: line.pending,
      available: line.available,
      held: line.held,
      value: line.valueMinor === null || currency === null ? null : toMoneyType(line.valueMinor, currency),
    });
  return make(PointsLiability, {
    asOf: snapshot.asOf,
    finishedAt: snapshot.finishedAt ?? snapshot.asOf,
    rows: view.lines.map((line) => row(line, liabilityLabel(ask.groupBy, line.key, ask.groupId, locale))),
    total: row({ ...total, key: 'total' }, liabilityLabel('TOTAL', 'total', ask.groupId, locale)),
    ledger:
      ask.mallId === null
        ? make(PointsLiabilityCheck, {
            lots: snapshot.lotsTotal,
            accounts: snapshot.accountsTotal,
            entries: snapshot.entriesTotal,
            lapsed: total.lapsed,
            members: snapshot.members,
            differing: snapshot.differing,
          })
        : null,
  });
}
