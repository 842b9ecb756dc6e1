import { reservedConcurrency } from '../../catalog/concurrency/reservation.ts';
import { MAX_UNZIPPED_BYTES, MAX_ZIP_BYTES } from '../../limits.ts';
import { type ApiAnswer, type ApiContext, type ApiOperation, jsonAnswer } from '../operation.ts';
import { route } from '../route.ts';

export const GET_ACCOUNT_SETTINGS: ApiOperation = {
  name: 'GetAccountSettings',
  route: route('GET', '/2016-08-19/account-settings'),
  run: get,
};

/** The account's limits and what is used of them. The total size of code has no limit here, so none is told. */
function get(context: ApiContext): ApiAnswer {
  const records = context.catalog.store.list();
  const layers = context.catalog.layers.list().flatMap(({ versions }) => versions);
  const TotalCodeSize = [
    ...records.flatMap((record) => [record.latest, ...record.versions]),
    ...layers,
  ].reduce((sum, version) => sum + version.codeSizeBytes, 0);
  return jsonAnswer(200, {
    AccountLimit: {
      CodeSizeUnzipped: MAX_UNZIPPED_BYTES,
      CodeSizeZipped: MAX_ZIP_BYTES,
      ConcurrentExecutions: context.accountConcurrency,
      UnreservedConcurrentExecutions: context.accountConcurrency - reservedConcurrency(context.catalog),
    },
    AccountUsage: { FunctionCount: records.length, TotalCodeSize },
  });
}
