import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { settlementService } from './app';

runMigration(settlementService);
