import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { pointsService } from './app';

runMigration(pointsService, { monthly: ['entry', 'entry_leaf'] });
