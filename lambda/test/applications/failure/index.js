// A function behind failure-lambda 0.4.4, which finds its configuration in AppConfig's extension.
const failureLambda = require('failure-lambda');

exports.handler = failureLambda(async (event, context) => ({ served: event.n, by: context.functionName }));
