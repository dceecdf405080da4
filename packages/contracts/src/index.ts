/**
 * The messages that cross contexts, generated from `proto/`, and the catalogue of how they travel.
 * Generated files are never edited: `npm run gen:proto`.
 */
export * from './generated/atrium/member/v1/events_pb';
export * from './generated/atrium/member/v1/requests_pb';
export * from './generated/atrium/points/v1/events_pb';
export * from './generated/atrium/points/v1/gifts_pb';
export * from './generated/atrium/points/v1/requests_pb';
export * from './generated/atrium/points/v1/transfers_pb';
export * from './generated/atrium/coupon/v1/events_pb';
export * from './generated/atrium/tier/v1/events_pb';
export * from './generated/atrium/settlement/v1/events_pb';
export * from './generated/atrium/messaging/v1/events_pb';
export * from './catalogue';
export * from './sites';
