import { DateTimeScalar, make } from '@atrium/platform';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { TemplateView } from '../use-cases/message.query';
import { MessageChannel } from './message.type';

@ObjectType({ description: 'What is written in one language; `{name}` stands for a variable.' })
export class MessageTemplateText {
  @Field(() => String)
  locale: string;

  @Field(() => String)
  title: string;

  @Field(() => String)
  body: string;
}

@ObjectType({
  description: 'A version of what is written about one kind of fact. Never changed: a new version is published.',
})
export class MessageTemplate {
  @Field(() => ID)
  id: string;

  @Field(() => String, { description: 'The kind of fact: POINTS_EARNED, TIER_UPGRADED, …' })
  code: string;

  @Field(() => Int)
  version: number;

  @Field(() => DateTimeScalar, { description: 'Of the versions in force the one that became so last is used.' })
  effectiveFrom: Date;

  @Field(() => [MessageChannel])
  channels: MessageChannel[];

  @Field(() => [MessageTemplateText])
  texts: MessageTemplateText[];

  @Field(() => [String], { description: 'The variables that the texts use; a message that lacks one is not sent.' })
  variables: string[];
}

export const toTemplate = (row: TemplateView): MessageTemplate =>
  make(MessageTemplate, {
    id: row.id,
    code: row.code,
    version: Number(row.version),
    effectiveFrom: row.effectiveFrom,
    channels: row.channels.map((channel) => MessageChannel[channel]),
    texts: row.texts.map((text) => make(MessageTemplateText, text)),
    variables: row.variables,
  });
