import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { couponService } from './app';

runMigration(couponService);
