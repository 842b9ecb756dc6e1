// An application with the three core utilities of Powertools for AWS Lambda, as its documentation puts them together.
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';

interface Order {
  id: string;
  cents: number;
}

const logger = new Logger({ serviceName: 'orders', persistentKeys: { stage: 'test' } });
const metrics = new Metrics({ namespace: 'shop', serviceName: 'orders' });
const tracer = new Tracer({ serviceName: 'orders' });

async function place(order: Order): Promise<{ placed: string }> {
  logger.appendKeys({ orderId: order.id });
  logger.info('placing', { order });
  if (order.cents <= 0) throw new RangeError(`the order ${order.id} costs nothing`);
  metrics.addMetric('placed', MetricUnit.Count, 1);
  metrics.addDimension('currency', 'EUR');
  metrics.addMetadata('orderId', order.id);
  await tracer.provider.captureAsyncFunc('### charge', async (segment) => {
    segment?.addAnnotation('cents', order.cents);
    segment?.close();
  });
  return { placed: order.id };
}

export const handler = middy<Order>()
  .use(captureLambdaHandler(tracer))
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(logMetrics(metrics, { captureColdStartMetric: true }))
  .handler(place);
