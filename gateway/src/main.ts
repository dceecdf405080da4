import { createLog, runProcess } from '@atrium/platform/light';
import { loadConfig } from './config';
import { startGateway } from './edge/server';

runProcess(async () => {
  const config = loadConfig();
  const log = createLog('gateway', config.logLevel);
  const gateway = await startGateway(config, log);
  log.info({ url: gateway.url }, 'started');
  return gateway;
});
