import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { tierService } from './app';

runMigration(tierService);
