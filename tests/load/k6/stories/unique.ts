import exec from 'k6/execution';
import { run } from '../world.ts';

/** A key that nobody else in this run has: what it is for, and which iteration of which scenario. */
export const uniqueKey = (what: string) => `${run}:${what}:${exec.scenario.name}:${exec.scenario.iterationInTest}`;
