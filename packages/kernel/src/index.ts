// Everything that counts points, money and time for the whole product.
export * from './allocate';
export * from './cumulative';
export * from './hash';
export * from './ids';
export * from './money';
export * from './points';
export * from './rational';
export * from './result';
export * from './tender';
export * from './time';
